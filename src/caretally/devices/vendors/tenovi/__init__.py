"""Tenovi: cellular gateways that pass on cuffs, scales, oximeters, meters and thermometers."""
