"""supervisor: keeps the appliance's programs running."""
