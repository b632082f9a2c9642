"""What members build together: projects, calls for help, news of them."""
