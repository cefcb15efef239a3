"""Before anything leaves: who gets what, frozen, looked at and approved."""
