%FIVE_SAMPLES  Walk the derivation of chapter 04: five samples, three taps.
%   The signal, the kernel and DOUT are those of chapter 04, and the numbers
%   that this script prints are the numbers that chapter 04 prints. A signal is
%   a row here, so an image of height 1: the functions of the layer take it as
%   it is.
%
%   See also CONV_LAYER_FORWARD, CONV_LAYER_BACKWARD.

x = [4 9 7 5 6];
w = [2 -1 3];
dout = [5 -6 8];
show = @(name, values) fprintf('%-28s%s\n', name, sprintf('%5g', values));

% The layer does it.
show('y', conv_layer_forward(x, w));
[dx, dw, db] = conv_layer_backward(dout, x, w);
show('dx', dx);
show('dw', dw);
show('db', db);

% Line by line: which products does each gradient add up?
fprintf('\n');
for k = 1:3
  fprintf('dw(%d) =%s\n', k, sprintf(' + %d*%d', [x(k:k + 2); dout]));
end
for m = 1:5
  i = max(1, m - 2):min(3, m);                  % the outputs whose windows hold x(m)
  fprintf('dx(%d) =%s\n', m, sprintf(' + %d*%d', [w(m - i + 1); dout(i)]));
end

% Each gradient is a convolution. CONV flips: in MATLAB it is the unflipped
% sweep that needs a FLIPLR.
fprintf('\n');
show('dw, x swept with dout', conv(x, fliplr(dout), 'valid'));
show('dx, conv(dout, w)', conv(dout, w));
show('dx, sweep over padded dout', conv_layer_forward([0 0 dout 0 0], fliplr(w)));

% The layer is a matrix, and the backward pass is its transpose.
C = [2 -1 3 0 0; 0 2 -1 3 0; 0 0 2 -1 3];
fprintf('\n');
show('C*x', C * x');
show('C''*dout', C' * dout');
show('<C*x, dout>', (C * x')' * dout');
show('<x, C''*dout>', x * (C' * dout'));

% True convolution: the kernel is flipped forward, and not in dx.
[dx_true, flipped] = conv_layer_backward(dout, x, fliplr(w));
fprintf('\n');
show('y, true convolution', conv(x, w, 'valid'));
show('dx, true convolution', dx_true);
show('dw, true convolution', fliplr(flipped));
