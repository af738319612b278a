"""The machine API: keys of organisations, a few routes over the services, problem JSON, OpenAPI."""
