function y = q3_one_filter(x, w, stride)
%Q3_ONE_FILTER  Slide one filter over one image, channels summed. (2 points)
%   Y = Q3_ONE_FILTER(X, W, STRIDE): X is H x W x D and not padded, W is
%   kH x kW x D, STRIDE is [height width], Y is H' x W'. W is not flipped.
%
%   Write it yourself: a call of convn_vanilla earns no points.
%
%   q3_one_filter(magic(4), [1 0; 0 -1], [2 2]) is [5 -5; -5 5]: check the
%   first of these by hand before you begin.

  % YOUR CODE HERE (take out the line below)
  error('exercise:unfilled', 'q3_one_filter is not filled in yet');
end
