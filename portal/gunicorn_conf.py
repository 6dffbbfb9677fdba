"""How gunicorn serves the portal: threads, since a page mostly waits for the API."""

worker_class = "gthread"
workers = 2
threads = 32
timeout = 60  # above the longest answer of the API (25 s) with its renewal
graceful_timeout = 30
keepalive = 5
control_socket_disable = True
forwarded_allow_ips = "127.0.0.1"
limit_request_line = 8190
limit_request_fields = 100
