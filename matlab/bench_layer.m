function seconds = bench_layer(sizes, stride, padding, repeats)
%BENCH_LAYER  Time both passes of the layer, in loops and by im2col.
%   BENCH_LAYER measures a layer of the size that chapter 12 shows and prints
%   one line for each function: its name, a comma, the seconds of its quickest
%   call.
%   BENCH_LAYER(SIZES, STRIDE, PADDING, REPEATS) takes SIZES = [N D H W F kH kW].
%   The defaults are [2 3 24 32 8 3 3], 1, 1 and 3.
%   SECONDS = BENCH_LAYER(...) returns the four numbers and prints nothing.
%
%   From a shell, in the folder matlab:
%      octave-cli --quiet --norc --eval "bench_layer([2 3 24 32 8 3 3], 1, 1, 3)"
%
%   See also CONV_LAYER_FORWARD, CONV_LAYER_BACKWARD_IM2COL, TIC, TOC.

  if nargin < 1
    sizes = [2 3 24 32 8 3 3];
  end
  if nargin < 2
    stride = 1;
  end
  if nargin < 3
    padding = 1;
  end
  if nargin < 4
    repeats = 3;
  end
  x = rand(sizes(3), sizes(4), sizes(2), sizes(1));
  w = rand(sizes(6), sizes(7), sizes(2), sizes(5));
  b = rand(sizes(5), 1);
  dout = conv_layer_forward_im2col(x, w, b, stride, padding);

  calls = {'conv_layer_forward', {x, w, b, stride, padding}
           'conv_layer_backward', {dout, x, w, stride, padding}
           'conv_layer_forward_im2col', {x, w, b, stride, padding}
           'conv_layer_backward_im2col', {dout, x, w, stride, padding}};
  seconds = inf(size(calls, 1), 1);
  for k = 1:size(calls, 1)
    outputs = cell(1, nargout(calls{k, 1}));
    for r = 1:repeats
      started = tic;
      [outputs{:}] = feval(calls{k, 1}, calls{k, 2}{:});
      seconds(k) = min(seconds(k), toc(started));
    end
    if nargout < 1
      fprintf('%s,%.6f\n', calls{k, 1}, seconds(k));
    end
  end
  if nargout < 1
    clear seconds
  end
end
