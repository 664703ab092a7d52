"""BodyTrace: cellular scales, cuffs and oximeters that post by themselves."""
