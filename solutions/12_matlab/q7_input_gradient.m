function dx = q7_input_gradient(dout, w, x_size, stride, padding)
%Q7_INPUT_GRADIENT  Give each gradient back to the window it came from. (3 points)
%   DX = Q7_INPUT_GRADIENT(DOUT, W, X_SIZE, STRIDE, PADDING): DOUT is
%   H' x W' x F x N, W is kH x kW x D x F, X_SIZE is [H W], STRIDE and PADDING
%   are [height width] as in the forward pass. DX is H x W x D x N.

  %%% BEGIN SOLUTION
  [kH, kW, D, F] = size(w);
  [Ho, Wo, F, N] = size(dout);
  dxpad = zeros([x_size + 2 * padding, D, N]);
  for n = 1:N
    for f = 1:F
      for i = 1:Ho
        rows = (i - 1) * stride(1) + (1:kH);
        for j = 1:Wo
          cols = (j - 1) * stride(2) + (1:kW);
          dxpad(rows, cols, :, n) = dxpad(rows, cols, :, n) + dout(i, j, f, n) * w(:, :, :, f);
        end
      end
    end
  end
  dx = dxpad(padding(1) + (1:x_size(1)), padding(2) + (1:x_size(2)), :, :);
  %%% END SOLUTION
end
