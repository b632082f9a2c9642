"""What identity does when it hears of something: nothing yet, it only tells."""

from chassis.messaging.handlers import Handlers

handlers = Handlers()
