"""The newest version of each exercise; written by tools/generate_exercises.py."""

VERSIONS = {
    "02_slide_a_kernel": "b789a0",
    "03_draw_the_graph": "cd4dc4",
    "04_derive_the_gradients": "ed97e8",
    "05_check_gradients": "773b09",
    "06_stride_and_padding": "8ab89b",
    "07_images": "22655d",
    "08_layer_forward": "69ca81",
    "09_layer_backward": "43b428",
    "10_vectorize": "bfc722",
    "11_go_fast": "09551e",
    "12_matlab": "31d921",
    "13_dilation_and_groups": "54b27b",
    "14_transposed": "e006ac",
    "15_pooling": "91ace2",
    "16_train_a_cnn": "e1f631",
    "17_break_the_checker": "30c478",
}
