"""Who is on call, ladders of escalation, one's own contact points, and notices."""
