"""Reading the loop: everything that pages, mails, the API and dashboards show."""
