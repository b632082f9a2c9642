"""Skiller in one command on one machine: PostgreSQL, every service, gateway, web and one worker.

It composes what the images keep apart; nothing imports it. No Docker, no RabbitMQ, no root.
"""
