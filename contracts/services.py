"""Which services there are, said once: for events, the gateway, secrets, exports, standalone.

In the order in which their members' data are told and handed out; identity comes first.
"""

SERVICES = ("identity", "social", "discussion", "skills", "projects", "notifications")
# What answers outside the API: pages, made of what the services say. It keeps nothing.
WEB = "web"
