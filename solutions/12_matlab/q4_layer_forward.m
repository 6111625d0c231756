function y = q4_layer_forward(x, w, b, stride, padding)
%Q4_LAYER_FORWARD  Every image with every filter, plus the bias. (3 points)
%   Y = Q4_LAYER_FORWARD(X, W, B, STRIDE, PADDING): X is H x W x D x N, W is
%   kH x kW x D x F, B is F x 1, STRIDE and PADDING are [height width].
%   Y is H' x W' x F x N.
%
%   You may call CONVN_VANILLA(IMAGE, FILTER, STRIDE): it does what question 3
%   asks for. (It lies in the course's folder matlab/.)

  %%% BEGIN SOLUTION
  [H, W, D, N] = size(x);
  F = size(w, 4);
  out = floor(([H W] + 2 * padding - [size(w, 1) size(w, 2)]) ./ stride) + 1;
  xpad = zeros([[H W] + 2 * padding, D, N]);
  xpad(padding(1) + (1:H), padding(2) + (1:W), :, :) = x;
  y = zeros([out F N]);
  for n = 1:N
    for f = 1:F
      y(:, :, f, n) = convn_vanilla(xpad(:, :, :, n), w(:, :, :, f), stride) + b(f);
    end
  end
  %%% END SOLUTION
end
