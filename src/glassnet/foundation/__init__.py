"""The ground floor: what a layer is, how names, shapes, randomness and errors work. It knows no particular layer."""
