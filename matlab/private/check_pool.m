function [K, S, P, out] = check_pool(x, window, stride, padding)
%CHECK_POOL  Window, stride and padding as pairs, and [H' W'] of max pooling.

  if ndims(x) > 4
    error('conv:sizes', 'x is %s but must be H x W x D x N', size_text(size(x)));
  end
  K = as_pair(window, 1, 'conv:sizes', 'window');
  S = as_pair(stride, 1, 'conv:stride', 'stride');
  P = as_pair(padding, 0, 'conv:padding', 'padding');
  if any(P > floor(K / 2))
    error('conv:padding', 'padding is %s but half of the window %s is %s', ...
          size_text(P), size_text(K), size_text(floor(K / 2)));
  end
  out = conv_output_size([size(x, 1) size(x, 2)], K, S, P);
end
