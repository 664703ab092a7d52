"""Bluetooth gateways: what devices near them measured, as GATT characteristics."""
