"""Impilo: a platform that ships devices of many makers and passes on what they measure."""
