"""Forms of the whistle loop; ticket_actions.py is the one table that pages and answering links share."""
