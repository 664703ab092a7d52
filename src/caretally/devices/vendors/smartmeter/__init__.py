"""Smart Meter, also known by its glucometer iGlucose: cellular devices that post by themselves."""
