"""The newest version of each exercise; written by tools/generate_exercises.py."""

VERSIONS = {
    "02_slide_a_kernel": "552f22",
    "03_draw_the_graph": "dea29e",
    "04_derive_the_gradients": "d0e1e1",
    "05_check_gradients": "e0081d",
    "06_stride_and_padding": "a8d4fc",
    "07_images": "c8351e",
    "08_layer_forward": "83595b",
    "09_layer_backward": "c84edf",
    "10_vectorize": "672566",
    "11_go_fast": "3dfe0a",
    "12_matlab": "0f0579",
    "13_dilation_and_groups": "097509",
    "14_transposed": "396c54",
    "15_pooling": "fbe83d",
    "16_train_a_cnn": "708b84",
    "17_break_the_checker": "0d0d5a",
}
