function out = q1_output_size(in, kernel, stride, padding)
%Q1_OUTPUT_SIZE  How many windows fit, down and across? (1 point)
%   OUT = Q1_OUTPUT_SIZE(IN, KERNEL, STRIDE, PADDING): every argument is a pair
%   [height width], and so is OUT. PADDING zeros lie on each side.
%
%   Write the formula: a call of conv_output_size or convn_vanilla earns no points.
%
%   q1_output_size([7 9], [3 2], [2 1], [1 0]) is [4 8].

  % YOUR CODE HERE (take out the line below)
  error('exercise:unfilled', 'q1_output_size is not filled in yet');
end
