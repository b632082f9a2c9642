"""What every service needs and none owns.

Settings, clock, database, web, auth, messaging, logs, metrics, command line and
the testing kit. No word of the domain stands here: what a service *means* is in
`services/<name>`.
"""
