"""The newest version of each exercise; written by tools/generate_exercises.py."""

VERSIONS = {
    "02_slide_a_kernel": "b789a0",
    "03_draw_the_graph": "cd4dc4",
    "04_derive_the_gradients": "ed97e8",
    "05_check_gradients": "fdc9d6",
    "06_stride_and_padding": "8ab89b",
    "07_images": "22655d",
    "08_layer_forward": "cd37c8",
    "09_layer_backward": "43b428",
    "10_vectorize": "bfc722",
    "11_go_fast": "cff16d",
    "12_matlab": "31d921",
    "13_dilation_and_groups": "54b27b",
    "14_transposed": "e006ac",
    "15_pooling": "8284e1",
    "16_train_a_cnn": "2cdaf7",
    "17_break_the_checker": "43757e",
}
