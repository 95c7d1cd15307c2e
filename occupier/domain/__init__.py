"""What occupier knows: standard library only, frozen values, no clock, no input or output."""
