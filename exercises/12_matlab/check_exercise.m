function points = check_exercise(question, folder)
%CHECK_EXERCISE  Check your answers, here in Octave or MATLAB.
%   CHECK_EXERCISE checks every question, CHECK_EXERCISE('q3') only the third.
%   CHECK_EXERCISE(QUESTION, FOLDER) reads the .m files of another folder.
%   POINTS = CHECK_EXERCISE(...) returns your points and prints the same.
%
%   For each question it says done, partly, not yet or not started. Where an
%   answer is wrong it shows the first case that fails, and if it knows the
%   mistake, a hint, otherwise what the cases that are right have in common. It
%   never stops with an error of your code; an endless loop
%   you stop yourself with Ctrl-C.

  here = fileparts(mfilename('fullpath'));
  if nargin < 1 || isempty(question)
    question = 'all';
  end
  if nargin < 2
    folder = here;
  end
  old_path = path;
  restore = onCleanup(@() path(old_path));
  if exist(fullfile(here, '..', '..', 'matlab'), 'dir')
    addpath(fullfile(here, '..', '..', 'matlab'));
  end
  addpath(folder);

  fixtures = load(fullfile(here, 'fixtures.mat'));
  points = 0;
  possible = 0;
  for k = 1:numel(fixtures.questions)
    q = fixtures.questions{k};
    q.arguments = fixtures.arguments{k};
    q.index_hints = fixtures.index_hints;
    q.index_section = fixtures.index_section;
    if strcmp(question, 'all') || strcmp(question, q.name)
      earned = check_question(q);
      points = points + earned;
      possible = possible + q.points;
    end
  end
  if possible == 0
    names = cellfun(@(q) q.name, fixtures.questions, 'UniformOutput', false);
    fprintf('There is no question %s; there are %s.\n', in_words(question), strjoin(names(:)', ', '));
  elseif strcmp(question, 'all')
    fprintf('%g of %g points\n', points, possible);
  end
  if nargout < 1
    clear points
  end
end

function earned = check_question(q)
  count = numel(q.arguments);
  faults = cell(1, count);
  answers = cell(1, count);
  stopped = false(1, count);
  unfilled = ~exist(q.function_name, 'file');
  for k = 1:count
    if ~unfilled
      [answers{k}, faults{k}, unfilled, stopped(k)] = try_case(q, k);
    end
  end
  failed = find(~cellfun(@isempty, faults));
  passed = count - numel(failed);
  earned = q.points;
  if unfilled
    state = 'not started';
    earned = 0;
  elseif isempty(failed)
    state = 'done';
  else
    earned = floor(2 * q.points * passed / count) / 2;
    state = 'partly';
    if earned == 0
      state = 'not yet';
    end
  end
  fprintf('%s  %-11s  %g/%g  %s\n', q.name, state, earned, q.points, q.function_name);
  if ~unfilled && ~isempty(failed)
    fprintf('    %d of %d cases are right. The first that is not, with %s:\n', ...
            passed, count, q.about{failed(1)});
    fprintf('    %s\n', faults{failed(1)});
    show_hint(q, answers, faults, stopped, faults{failed(1)});
  end
end

function [answer, fault, unfilled, stopped] = try_case(q, k)
  answer = [];
  fault = '';
  unfilled = false;
  stopped = false;
  arguments_of_case = q.arguments{k};
  try
    answer = feval(q.function_name, arguments_of_case{:});
    fault = compared(answer, q.expected{k}, q);
  catch failure
    unfilled = strcmp(failure.identifier, 'exercise:unfilled');
    answer = [];
    stopped = true;
    fault = stop_words(failure.message);
  end
end

function words = stop_words(message)
  words = ['your function stopped: ' strtrim(strtok(message, sprintf('\n')))];
end

function fault = compared(answer, expected, q)
%COMPARED  '' when ANSWER is right, otherwise what is wrong with it. Sizes and
%   places have as many numbers as the result has dimensions, also where N is 1.
  fault = '';
  name = q.result;
  if ~(isnumeric(answer) || islogical(answer)) || ~isreal(answer)
    fault = sprintf('%s is of class %s but must be real numbers', name, class(answer));
    return
  end
  if ~isequal(size(answer), size(expected))
    fault = sprintf('%s is %s but must be %s', name, size_words(answer, q.dimensions), ...
                    size_words(expected, q.dimensions));
    return
  end
  wrong = find(~close_to(answer, expected), 1);
  if ~isempty(wrong)
    subscripts = cell(1, max(q.dimensions, 2));
    [subscripts{:}] = ind2sub(size(expected), wrong);
    where = sprintf('%d,', subscripts{:});
    fault = sprintf('%s(%s) is %g but must be %g', name, where(1:end - 1), ...
                    double(answer(wrong)), expected(wrong));
  end
end

function near = close_to(answer, expected)
  near = abs(double(answer) - expected) <= tolerance_of(answer) * max([1; abs(expected(:))]);
end

function tolerance = tolerance_of(answer)
  tolerance = 1e-8;
  if isa(answer, 'single')
    tolerance = 1e-4;
  end
end

function show_hint(q, answers, faults, stopped, first)
%SHOW_HINT  The slip that gives what came back in every case; where
%   there is none, what an index error says by itself.
  for m = 1:numel(q.hints)
    if explains(q, m, answers, faults, stopped)
      fprintf('    Hint (%s): %s\n    Chapter 12, section "%s"\n', ...
              q.mistakes{m}, q.hints{m}, q.sections{m});
      return
    end
  end
  below = '[Ss]ubscripts must be|positive integers|value (0|-\d+) out of bound';
  beyond = 'out of bound|xceeds';
  which = 0;
  if ~isempty(regexp(first, below, 'once'))
    which = 1;
  elseif ~isempty(regexp(first, beyond, 'once'))
    which = 2;
  end
  if which > 0
    fprintf('    Hint (index out of range): %s\n', q.index_hints{which});
  end
  if which == 1
    fprintf('    Chapter 12, section "%s"\n', q.index_section);
  end
  show_places(q, answers, faults);
  show_facts(q, faults);
end

function show_places(q, answers, faults)
%SHOW_PLACES  Say so if every wrong answer has the right numbers, in other places.
  failed = find(~cellfun(@isempty, faults));
  for k = failed
    if ~isnumeric(answers{k}) || ~isequal(size(answers{k}), size(q.expected{k})) || ...
       numel(answers{k}) < 3 || ~all(close_to(sort(answers{k}(:)), sort(q.expected{k}(:))))
      return
    end
  end
  fprintf('    All numbers are right, but not all are in their places: in which order do they come?\n');
end

function show_facts(q, faults)
%SHOW_FACTS  Say what exactly the cases that are right, or wrong, have in common.
  right = cellfun(@isempty, faults);
  if ~any(right)
    return
  end
  words = {'right', 'wrong'};
  of_words = {right, ~right};
  for k = 1:2
    found = find(all(bsxfun(@eq, q.has, double(of_words{k})), 2));
    if ~isempty(found) && numel(found) < 4
      names = q.facts(found);
      fprintf('    %d of %d cases are %s, exactly those with %s.\n', ...
              sum(of_words{k}), numel(right), words{k}, strjoin(names(:)', ' and '));
      return
    end
  end
end

function yes = explains(q, m, answers, faults, stopped)
%EXPLAINS  Whether slip M gives every answer, the right ones too, and stops
%   where your function did. At least one of them is a wrong value, or all of
%   your errors have the words of the slip's, but for the name of the array.
  yes = false;
  evidence = 0;
  same = [];
  for k = 1:numel(answers)
    if q.stops(k, m) ~= stopped(k)
      return
    elseif stopped(k)
      same(end + 1) = strcmp(unnamed(faults{k}), unnamed(stop_words(q.messages{k, m})));
    elseif ~q.differs(k, m)
      if ~isempty(faults{k})
        return
      end
    elseif is_answer_of(q, m, k, answers{k})
      evidence = evidence + 1;
    else
      return
    end
  end
  yes = evidence > 0 || (~isempty(same) && all(same));
end

function yes = is_answer_of(q, m, k, answer)
%IS_ANSWER_OF  Whether ANSWER is what slip M gives in case K. Of that only the
%   size is kept, and one number: the sum of all entries, each with a weight.
  yes = (isnumeric(answer) || islogical(answer)) && isreal(answer) && ...
        isequal(size(answer), q.sizes{k, m});
  if yes
    entries = double(answer(:));
    weights = round(sin((1:numel(entries))') * 2^10) / 2^10;
    number = sum(entries .* weights);
    yes = abs(number - q.mixed(k, m)) <= tolerance_of(answer) * max([1; abs(entries)]);
  end
end

function words = unnamed(words)
  words = regexprep(words, '^(your function stopped: )(index |\w+)(?=\()', '$1');
end

function text = size_words(value, dimensions)
  sizes = [size(value) ones(1, dimensions - ndims(value))];
  text = sprintf('%d x ', sizes);
  text = text(1:end - 3);
end

function text = in_words(value)
  text = 'of that name';
  if ischar(value)
    text = value;
  end
end
