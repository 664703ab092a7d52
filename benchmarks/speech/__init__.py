"""How well spoken answers are understood: sounds of a telephone through both recognizers."""
