"""The registry to look things up in, and one action over all apps that contain an SDK."""
