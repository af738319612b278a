"""Documents of acts, in Chinese, from templates that an officer can edit in Word or WPS."""
