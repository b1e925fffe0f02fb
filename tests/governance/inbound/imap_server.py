"""A minimal IMAP4rev1 server for one mailbox: what a poll needs, on a real socket."""

import re
import socketserver
import threading


class _Session(socketserver.StreamRequestHandler):
    """One client."""

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self) -> None:
        self.say("* OK ready")
        for line in self.rfile:
            tag, _, rest = line.decode().strip().partition(" ")
            verb = rest.split(" ")[0].upper()
            if verb == "LOGOUT":
                self.say("* BYE")
                self.say(f"{tag} OK")
                return
            if verb == "LOGIN" and "secret" not in rest:
                self.say(f"{tag} NO wrong password")
                continue
            if verb == "UID":
                self.uid(rest)
            elif verb == "CAPABILITY":
                self.say("* CAPABILITY IMAP4rev1")
            elif verb in ("SELECT", "EXAMINE"):
                self.say(f"* {len(self.server.mails)} EXISTS")
            self.say(f"{tag} OK done")

    def uid(self, rest: str) -> None:
        server, words = self.server, rest.split(" ")
        server.log.append(" ".join(words[1:]))
        if words[1] == "SEARCH":
            unseen = [str(uid) for uid in server.mails if "\\Seen" not in server.flags[uid]]
            return self.say("* SEARCH " + " ".join(unseen))
        uid = int(words[2])
        if words[1] == "FETCH":
            raw = server.mails[uid]
            self.wfile.write(f"* {uid} FETCH (UID {uid} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")\r\n")
        if words[1] == "STORE":
            server.flags[uid] |= set(re.findall(r"\\\w+", rest))
            self.say(f"* {uid} FETCH (UID {uid} FLAGS ())")
        return None


class Mailbox(socketserver.ThreadingTCPServer):
    """``mails`` by UID, ``flags`` by UID, and the UID commands that came, in order."""

    daemon_threads = allow_reuse_address = True

    def __init__(self, mails: list[bytes]):
        super().__init__(("127.0.0.1", 0), _Session)
        self.mails, self.log = dict(enumerate(mails, 1)), []
        self.flags = {uid: set() for uid in self.mails}
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"imap://desk:secret@127.0.0.1:{self.server_address[1]}/INBOX"
