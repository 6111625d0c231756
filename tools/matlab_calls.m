function matlab_calls(in_file, out_file)
%MATLAB_CALLS  Run a list of function calls from one MAT file, save what they return.
%   IN_FILE holds the cell arrays NAMES, ARGUMENTS (each a cell row) and the
%   vector NOUTS. OUT_FILE gets RESULTS, IDENTIFIERS and MESSAGES; a call that
%   raised an error has empty results. A NAME that begins with @ is an
%   expression: it is turned into a function handle.

  calls = load(in_file);
  count = numel(calls.names);
  results = cell(count, 1);
  identifiers = cell(count, 1);
  messages = cell(count, 1);
  for k = 1:count
    outputs = cell(1, calls.nouts(k));
    identifiers{k} = '';
    messages{k} = '';
    try
      f = str2func(calls.names{k});
      [outputs{:}] = f(calls.arguments{k}{:});
    catch failure
      outputs = {};
      identifiers{k} = failure.identifier;
      messages{k} = failure.message;
    end
    results{k} = outputs;
  end
  save('-v7', out_file, 'results', 'identifiers', 'messages');
end
