-- What must always hold. Every query returns the rows that break it: none, when all is well.
-- Shared by the fault tests, the restore drill (ops/backup.py) and the hourly check in production.

-- name: the audit chain has neither gap nor fork
SELECT s.sequence FROM governance_auditseal s
LEFT JOIN governance_auditseal p ON p.sequence = s.sequence - 1
WHERE s.sequence > 1 AND (p.sequence IS NULL OR p.hash <> s.previous_hash);

-- name: a whistle's state is what its history says last
SELECT w.id, w.status, e.to_status FROM governance_whistle w
JOIN LATERAL (
    SELECT to_status FROM governance_auditevent
    WHERE subject_type = 'whistle' AND subject_id = w.id AND to_status <> '' ORDER BY id DESC LIMIT 1
) e ON true
WHERE e.to_status <> w.status;

-- name: a ticket's state is what its history says last
SELECT t.id, t.status, e.to_status FROM governance_ticket t
JOIN LATERAL (
    SELECT to_status FROM governance_auditevent
    WHERE subject_type = 'ticket' AND subject_id = t.id AND to_status <> '' ORDER BY id DESC LIMIT 1
) e ON true
WHERE e.to_status <> t.status;

-- name: every whistle and every ticket has a history
SELECT 'whistle', w.id FROM governance_whistle w
WHERE NOT EXISTS (SELECT 1 FROM governance_auditevent WHERE subject_type = 'whistle' AND subject_id = w.id)
UNION ALL
SELECT 'ticket', t.id FROM governance_ticket t
WHERE NOT EXISTS (SELECT 1 FROM governance_auditevent WHERE subject_type = 'ticket' AND subject_id = t.id);

-- name: a department at work has a running clock
SELECT t.id, t.status FROM governance_ticket t
WHERE t.status IN ('pending_sign', 'pending_arrive', 'handling') AND NOT EXISTS (
    SELECT 1 FROM governance_deadline d WHERE d.subject_type = 'ticket' AND d.subject_id = t.id AND d.state = 'open'
);

-- name: what has ended has no running clock besides an explanation
SELECT t.id, d.stage FROM governance_ticket t
JOIN governance_deadline d ON d.subject_type = 'ticket' AND d.subject_id = t.id AND d.state = 'open'
WHERE t.status IN ('closed', 'reassigned', 'terminated') AND d.stage <> 'explain';

-- name: the shown limit is the one that ends first
SELECT t.id, t.due_at, d.due_at FROM governance_ticket t
LEFT JOIN LATERAL (
    SELECT min(due_at) AS due_at FROM governance_deadline
    WHERE subject_type = 'ticket' AND subject_id = t.id AND state = 'open' AND stage NOT IN ('contact', 'reply')
) d ON true
WHERE t.due_at IS DISTINCT FROM d.due_at;

-- name: a closed whistle has no open ticket
SELECT w.id FROM governance_whistle w JOIN governance_ticket t ON t.whistle_id = w.id
WHERE w.status IN ('closed', 'archived', 'terminated')
  AND t.status NOT IN ('closed', 'reassigned', 'terminated', 'merged');

-- name: a running whistle has somebody at work
SELECT w.id FROM governance_whistle w
WHERE w.status = 'in_progress' AND NOT EXISTS (
    SELECT 1 FROM governance_ticket t
    WHERE t.whistle_id = w.id AND t.status NOT IN ('closed', 'reassigned', 'terminated', 'merged')
);

-- name: only closed tickets are rated
SELECT r.id FROM governance_rating r JOIN governance_ticket t ON t.id = r.ticket_id WHERE t.status <> 'closed';

-- name: a disputed ticket has an objection that waits for its ruling
SELECT t.id FROM governance_ticket t
LEFT JOIN governance_objection o ON o.ticket_id = t.id AND o.ruling = 'pending'
WHERE t.status = 'disputed' AND o.id IS NULL;

-- name: a ticket on hold has a granted hold
SELECT t.id FROM governance_ticket t
LEFT JOIN governance_hold h ON h.ticket_id = t.id AND h.state = 'granted'
WHERE t.status = 'hung' AND h.id IS NULL;

-- name: a sent mail says when
SELECT id FROM governance_outboxmail WHERE (state = 'sent') <> (sent_at IS NOT NULL);

-- name: a re-routed ticket has no live answer link
SELECT l.id FROM governance_answerlink l JOIN governance_ticket t ON l.subject_type = 'ticket' AND l.subject_id = t.id
WHERE t.status = 'reassigned' AND l.revoked_at IS NULL;

-- name: a quota's used minutes are those of its live targets
SELECT q.id, q.used, coalesce(t.minutes, 0) FROM communities_burdenquota q
LEFT JOIN (
    SELECT department_id, extract(year FROM day) AS year, sum(minutes) AS minutes
    FROM communities_demandtarget WHERE status <> 'released' GROUP BY 1, 2
) t ON t.department_id = q.department_id AND t.year = q.year
WHERE q.used <> coalesce(t.minutes, 0);

-- name: every live target has a quota
SELECT t.department_id FROM communities_demandtarget t
LEFT JOIN communities_burdenquota q ON q.department_id = t.department_id AND q.year = extract(year FROM t.day)
WHERE t.status <> 'released' AND q.id IS NULL;

-- name: a demand that waits or was declined has reached nobody
SELECT d.id FROM communities_demand d JOIN communities_demandtarget t ON t.demand_id = d.id
WHERE d.status IN ('pending_approval', 'declined');

-- name: a demand reaches as many communities as it says
SELECT d.id FROM communities_demand d WHERE d.status IN ('sent', 'closed')
AND d.communities <> (SELECT count(*) FROM communities_demandtarget t WHERE t.demand_id = d.id);

-- name: nothing waits under a demand that ended
SELECT t.id FROM communities_demandtarget t JOIN communities_demand d ON d.id = t.demand_id
WHERE d.status IN ('withdrawn', 'closed') AND t.status IN ('open', 'refused');

-- name: a refused target has a refusal that waits
SELECT t.id FROM communities_demandtarget t
LEFT JOIN communities_refusal r ON r.target_id = t.id AND r.status IN ('filed', 'in_ruling')
WHERE (t.status = 'refused') <> (r.id IS NOT NULL);

-- name: every target lies under an item that admitted it
SELECT t.id FROM communities_demandtarget t JOIN communities_admissionitem i ON i.id = t.item_id
WHERE i.klass = 'forbidden' OR t.day < i.valid_from;

-- name: a registered signboard is in its list or admitted
SELECT b.id FROM communities_signboard b
LEFT JOIN communities_signboardtype t ON t.id = b.entry_id
LEFT JOIN communities_signboardcatalogue c ON c.id = t.catalogue_id AND c.in_force_from <= b.registered_on
LEFT JOIN communities_admissionitem i ON i.id = b.item_id AND i.form = 'signboard' AND i.klass <> 'forbidden'
    AND i.valid_from <= b.registered_on AND (i.valid_to IS NULL OR b.registered_on < i.valid_to)
WHERE b.status = 'registered' AND c.id IS NULL AND i.id IS NULL;

-- name: no community has more registered signboards than its cap
SELECT b.community_id, count(*) FROM communities_signboard b
JOIN governance_division v ON v.id = b.community_id
WHERE b.status = 'registered'
GROUP BY b.community_id, v.village_type
HAVING count(*) > (
    SELECT max(c.cap) FROM communities_signboardcatalogue c
    WHERE c.place = CASE WHEN v.village_type IN ('villagers', 'like_villagers') THEN 'rural' ELSE 'urban' END
);

-- name: a removed signboard is looked at again
SELECT b.id FROM communities_signboard b
WHERE b.status = 'removed' AND NOT EXISTS (SELECT FROM communities_signboardrecheck r WHERE r.board_id = b.id);

-- name: a signboard's state is what its history says last
SELECT b.id, b.status, e.to_status FROM communities_signboard b
LEFT JOIN LATERAL (
    SELECT to_status FROM governance_auditevent
    WHERE subject_type = 'signboard' AND subject_id = b.id AND to_status <> '' ORDER BY id DESC LIMIT 1
) e ON true
WHERE e.to_status IS DISTINCT FROM b.status;

-- name: ledger: every journal has all its legs, adds up to nothing and says what it moves
SELECT j.id FROM funding_journal j LEFT JOIN funding_entry e ON e.journal_id = j.id
GROUP BY j.id, j.legs, j.amount_fen HAVING count(e.id) <> j.legs OR count(e.id) < 2 OR coalesce(sum(e.fen), 0) <> 0
    OR coalesce(sum(e.fen) FILTER (WHERE e.fen > 0), 0) <> j.amount_fen;

-- name: ledger: every balance is the sum of its entries
SELECT a.id FROM funding_account a LEFT JOIN funding_entry e ON e.account_id = a.id
GROUP BY a.id, a.balance_fen, a.entries HAVING coalesce(sum(e.fen), 0) <> a.balance_fen OR count(e.id) <> a.entries;

-- name: ledger: no account is overdrawn
SELECT id FROM funding_account WHERE (kind = 'source' AND balance_fen > 0) OR (kind <> 'source' AND balance_fen < 0);

-- name: ledger: funds never mix and a reversal mirrors what it takes back
SELECT j.id FROM funding_journal j JOIN funding_entry e ON e.journal_id = j.id JOIN funding_account a ON a.id = e.account_id
LEFT JOIN funding_entry o ON o.journal_id = j.reverses_id AND o.account_id = e.account_id
WHERE a.fund <> j.fund OR (j.reverses_id IS NOT NULL AND o.fen IS DISTINCT FROM -e.fen);

-- name: entitlement: a run is the sum of its lines
SELECT r.id FROM funding_entitlementrun r LEFT JOIN funding_entitlementline l ON l.run_id = r.id
GROUP BY r.id HAVING r.total_fen <> coalesce(sum(l.amount_fen), 0) OR r.communities <> count(l.id);

-- name: entitlement: what was appropriated reached the units, to the fen
SELECT r.id FROM funding_entitlementrun r
WHERE r.status IN ('appropriated', 'closed') AND r.total_fen <> (
    SELECT coalesce(sum(e.fen), 0) FROM funding_entry e JOIN funding_account a ON a.id = e.account_id AND a.unit_id IS NOT NULL
    JOIN funding_journal j ON j.id = e.journal_id AND j.kind = 'appropriate'
    AND j.document_type = 'entitlementrun' AND j.document_id = r.id);

-- name: disbursement: nobody is paid more than was granted
SELECT p.community_id FROM (
    SELECT community_id, year, fund, sum(amount_fen) AS fen FROM funding_disbursementline
    WHERE status IN ('planned', 'sent', 'arrived') GROUP BY 1, 2, 3) p
WHERE p.fen > (
    SELECT coalesce(sum(greatest(l.amount_fen, 0)), 0) FROM funding_entitlementline l JOIN funding_entitlementrun r ON r.id = l.run_id
    WHERE r.status IN ('appropriated', 'closed') AND l.community_id = p.community_id AND l.year = p.year AND l.fund = p.fund);

-- name: disbursement: each line is in the books as often as its state says
SELECT d.id, d.status FROM funding_disbursementline d
LEFT JOIN funding_journal s ON s.key = 'disbursement:' || d.id || ':send' AND s.kind = 'disburse' AND s.amount_fen = d.amount_fen
LEFT JOIN funding_journal b ON b.key = 'disbursement:' || d.id || ':back' AND b.amount_fen = d.amount_fen
WHERE (d.status IN ('sent', 'arrived', 'bounced')) <> (s.id IS NOT NULL)
   OR (d.status = 'arrived') <> (b.id IS NOT NULL AND b.kind = 'arrive')
   OR (d.status = 'bounced') <> (b.id IS NOT NULL AND b.kind = 'bounce');

-- name: ledger: nothing lies in a month after it was closed
SELECT j.id FROM funding_journal j JOIN funding_period p
ON p.year = extract(year FROM j.day) AND p.month = extract(month FROM j.day)
WHERE p.status = 'closed' AND j.at > p.closed_at;

-- name: a grid post stands where its grid does
SELECT p.id FROM grid_gridpost p JOIN governance_grid g ON g.id = p.grid_id
WHERE p.community_id <> g.community_id OR p.street_id <> g.street_id;

-- name: a grid has one boundary at a time
SELECT f.id FROM grid_formershape f JOIN grid_gridshape s ON s.grid_id = f.grid_id AND f.valid_to > s.updated_at
UNION ALL
SELECT f.id FROM grid_formershape f JOIN grid_formershape g ON g.grid_id = f.grid_id AND g.id > f.id AND g.valid_from < f.valid_to;

-- name: a grid's shape holds its own centre
SELECT s.grid_id FROM grid_gridshape s
WHERE s.lon NOT BETWEEN s.west AND s.east OR s.lat NOT BETWEEN s.south AND s.north;

-- name: collection: a form that reached communities has its demand, one that answered itself asked nobody
SELECT f.id FROM grid_form f
WHERE (f.status IN ('waiting', 'collecting', 'summarised') AND f.demand_id IS NULL)
   OR (f.status = 'answered' AND (f.demand_id IS NOT NULL OR EXISTS (SELECT FROM grid_asking a WHERE a.form_id = f.id)));

-- name: collection: no community was asked a field by hand twice within the interval
SELECT a.id FROM grid_asking a JOIN grid_asking b ON b.code = a.code AND b.community_id = a.community_id AND b.id > a.id
WHERE NOT a.released AND NOT b.released AND daterange(a.asked_on, a.until) && daterange(b.asked_on, b.until);

-- name: collection: what was superseded has ended, and nothing ended without a successor
SELECT f.id FROM grid_fact f LEFT JOIN grid_fact n ON n.supersedes_id = f.id
WHERE (f.ended_at IS NULL) <> (n.id IS NULL);

-- name: collection: a version of a figure ended when the next was recorded
SELECT f.id FROM grid_fact f JOIN grid_fact n ON n.supersedes_id = f.id WHERE f.ended_at <> n.recorded_at;

-- name: collection: nobody waits for the answers of a form that was withdrawn
SELECT f.id FROM grid_form f JOIN grid_form i ON i.id = f.joined_into_id WHERE f.status = 'joined' AND i.status = 'withdrawn';

-- name: collection: a form counts what it asked
SELECT f.id FROM grid_form f LEFT JOIN grid_asking a ON a.form_id = f.id
WHERE f.status IN ('waiting', 'collecting', 'summarised') GROUP BY f.id, f.asked_cells HAVING count(a.id) <> f.asked_cells;

-- name: collection: a form's state is what its history says last
SELECT f.id, f.status, e.to_status FROM grid_form f
LEFT JOIN LATERAL (
    SELECT to_status FROM governance_auditevent
    WHERE subject_type = 'form' AND subject_id = f.id AND to_status <> '' ORDER BY id DESC LIMIT 1
) e ON true
WHERE e.to_status IS DISTINCT FROM f.status;

-- name: disclosure: a published one has its figures, and a state is what its history says last
SELECT d.id, d.status, e.to_status FROM funding_disclosure d
LEFT JOIN LATERAL (
    SELECT to_status FROM governance_auditevent
    WHERE subject_type = 'disclosure' AND subject_id = d.id AND to_status <> '' ORDER BY id DESC LIMIT 1
) e ON true
WHERE e.to_status IS DISTINCT FROM d.status OR (d.status = 'published') <> (d.digest <> '' AND d.snapshot <> '{}'::jsonb);

-- name: disclosure: published figures add up: opening + received - returned - paid = closing
SELECT d.id FROM funding_disclosure d, jsonb_array_elements(d.snapshot -> 'funds') f
WHERE d.status = 'published'
  AND (f ->> 'opening')::bigint + (f ->> 'received')::bigint - (f ->> 'returned')::bigint - (f ->> 'paid')::bigint
      <> (f ->> 'closing')::bigint;

-- name: payments: what the requests say was paid is what the books say
SELECT p.id FROM funding_project p
LEFT JOIN LATERAL (SELECT coalesce(sum(amount_fen - refunded_fen), 0) AS fen FROM funding_paymentrequest WHERE project_id = p.id AND status = 'paid') r ON true
LEFT JOIN LATERAL (SELECT coalesce(sum(balance_fen), 0) AS fen FROM funding_account WHERE project = p.number AND kind = 'paid') a ON true
LEFT JOIN LATERAL (SELECT coalesce(sum(amount_fen), 0) AS fen FROM funding_paymentrequest
    WHERE project_id = p.id AND status = 'approved') w ON true
LEFT JOIN LATERAL (SELECT coalesce(sum(balance_fen), 0) AS fen FROM funding_account WHERE project = p.number AND kind = 'reserved') b ON true
WHERE r.fen <> a.fen OR w.fen <> b.fen;

-- name: projects: a project holds money only while it is carried out
SELECT p.id FROM funding_project p JOIN funding_account a ON a.project = p.number AND a.kind = 'project'
WHERE a.balance_fen <> 0 AND p.status NOT IN ('implementing', 'accepted');

-- name: projects: what is carried out was decided four times and hung out
SELECT p.id FROM funding_project p WHERE p.status IN ('implementing', 'accepted', 'final', 'archived') AND (
    (SELECT count(*) FROM funding_deliberation d WHERE d.project_id = p.id AND d.round = p.round) <> 4
    OR NOT EXISTS (SELECT 1 FROM funding_publicnotice n WHERE n.project_id = p.id AND n.round = p.round AND n.kind = 'decision'));

-- name: payments: what was sent on has its voucher, what was approved its signatures
SELECT p.id FROM funding_paymentrequest p
WHERE p.status NOT IN ('draft', 'cancelled') AND (
    NOT EXISTS (SELECT 1 FROM governance_storedfile f WHERE f.subject_type = 'paymentrequest' AND f.subject_id = p.id)
    OR (p.needs_second AND p.status NOT IN ('submitted', 'second') AND p.second_label IN ('', p.approved_label)));

-- name: refunds: what payments say came back is what was registered with a receipt and what the books say
SELECT p.id FROM funding_paymentrequest p
LEFT JOIN LATERAL (SELECT sum(amount_fen) AS fen FROM funding_refund WHERE payment_id = p.id AND status = 'posted') r ON true
LEFT JOIN LATERAL (SELECT coalesce(sum(j.amount_fen), 0) AS fen FROM funding_journal j
    WHERE j.document_type = 'paymentrequest' AND j.document_id = p.id AND j.kind = 'unpay'
      AND NOT EXISTS (SELECT FROM funding_journal o WHERE o.reverses_id = j.id)) b ON true
WHERE p.refunded_fen <> b.fen OR p.refunded_fen <> coalesce(r.fen, b.fen) OR EXISTS ( -- whole ones of old have no row of their own
    SELECT FROM funding_refund f WHERE f.payment_id = p.id AND f.status = 'posted'
      AND NOT EXISTS (SELECT FROM governance_storedfile s WHERE s.subject_type = 'refund' AND s.subject_id = f.id));

-- name: incidents: every kept move is counted, and only what was handled can have been in time
SELECT i.id FROM grid_incident i
LEFT JOIN (
    SELECT incident_id, count(*) FILTER (WHERE kind = 'sent_back') AS back, count(*) FILTER (WHERE kind = 'rerouted') AS rerouted
    FROM grid_move GROUP BY 1
) m ON m.incident_id = i.id
WHERE coalesce(m.back, 0) > i.return_count OR coalesce(m.rerouted, 0) > i.reroute_count
    OR (i.handled_in_time IS NOT NULL AND i.handled_at IS NULL);

-- name: incidents: what is handled somewhere is handled by somebody, and what was whistled ends with its whistle
SELECT i.id FROM grid_incident i LEFT JOIN governance_whistle w ON w.id = i.whistle_id
WHERE i.status = 'handling' AND (i.level = '' OR (i.level = 'department' AND i.department_id IS NULL))
   OR i.status = 'whistled' AND w.status IN ('closed', 'archived', 'terminated')
   OR i.status IN ('closed', 'evaluated') AND i.closed_at IS NULL;

-- name: open data: what was published is anonymous, has its files, and they are what their hashes and the audit event say
SELECT d.id FROM grid_opendataset d LEFT JOIN grid_opendatasetfile f ON f.dataset_id = d.id
LEFT JOIN governance_auditevent e ON e.subject_type = 'opendataset' AND e.subject_id = d.id AND e.to_status = 'published'
WHERE d.status <> 'draft' GROUP BY d.id
HAVING count(f.id) <> 2 OR bool_or(encode(sha256(f.content), 'hex') <> f.sha256 OR length(f.content) <> f.size)
    OR bool_or(e.data -> 'files' -> f.name ->> 'sha256' IS DISTINCT FROM f.sha256)
    OR d.k_reached < d.k_required OR (d.finding -> 'own' ->> 'short_groups')::int > 0;
