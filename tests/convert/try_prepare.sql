-- Whether a template of the function tables can be prepared with some types for its arguments: NULL,
-- or the first error. What the row's conditions say about a type is tried only so.
create function try_prepare(template text, n int, conditions text) returns text
language plpgsql as $$
declare
  every text[] := array['text', 'int', 'numeric', 'float8', 'timestamp', 'date', 'jsonb', 'int[]',
    'text[]', 'jsonb[]', 'boolean', 'bytea', 'interval', 'time', 'bigint'];
  kinds jsonb := '{"int": "int", "positive": "int", "negative": "int", "literal": "int", "0": "int",
    "text": "text", "string": "text", "numeric": "numeric", "float": "float8", "date": "date",
    "timestamp": "timestamp", "time": "time", "interval": "interval", "days": "interval",
    "binary": "bytea", "bool": "boolean", "json": "jsonb", "map": "jsonb", "struct": "jsonb",
    "array": "int[]"}';
  choices jsonb := '[]';
  words text[];
  picked text[];
  types text[];
  first_error text;
begin
  for i in 1 .. n loop
    words := regexp_match(conditions, '(?:^|,)' || i || '=([a-z0-9|]+)(?=,|$)');
    select array_agg(distinct kinds ->> w) filter (where kinds ? w) into picked
      from unnest(string_to_array(words[1], '|')) w;
    choices := choices || jsonb_build_array(to_jsonb(coalesce(picked, case when n > 3 then array['int', 'numeric', 'text'] else every end)));
  end loop;
  for types in
    with recursive r(k, t) as (
      select 0, array[]::text[]
      union all
      select k + 1, t || x from r, jsonb_array_elements_text(choices -> k) x where k < n)
    select r.t from r where k = n
  loop
    begin
      execute 'prepare tried' || coalesce('(' || nullif(array_to_string(types, ', '), '') || ')', '')
        || ' as select ' || template;
      deallocate tried;
      return null;
    exception when others then
      if sqlerrm ~ 'requires an OVER clause|^arguments to GROUPING' then
        return null; -- it is there, and the call brings the rest
      end if;
      first_error := coalesce(first_error, sqlerrm);
      if sqlstate = '42601' then
        return sqlerrm;
      end if;
    end;
  end loop;
  return first_error;
end $$;
