"""Plans: operations, phases, deployments and teams."""
