"""Tests of the chassis; the delivery suite runs on both transports."""
