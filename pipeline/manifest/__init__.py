"""What was asked for (`asked`, from YAML) and what will be done about it (`resolved`)."""
