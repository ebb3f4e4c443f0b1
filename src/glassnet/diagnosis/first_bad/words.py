"""The compiler's names of operations in the words of a textbook."""

_WORDS = {
    "div": "division",
    "dot_general": "matrix product",
    "conv_general_dilated": "convolution",
    "mul": "product",
    "add": "sum",
    "add_any": "sum",
    "sub": "difference",
    "integer_pow": "power",
    "pow": "power",
    "reduce_sum": "sum",
    "cumsum": "cumulated sum",
    "cumprod": "cumulated product",
    "reduce_prod": "product",
    "rsqrt": "1 / square root",
    "sqrt": "square root",
    "acos": "arc cosine",
    "asin": "arc sine",
    "acosh": "inverse hyperbolic cosine",
    "atanh": "inverse hyperbolic tangent",
    "lgamma": "log of gamma",
    "convert_element_type": "conversion",
}


def spoken(operation: str) -> str:
    """An operation in words.

    Example:
        >>> spoken("dot_general"), spoken("reduce_max")
        ('matrix product', 'reduce max')
    """
    return _WORDS.get(operation, operation.replace("_", " "))
