-- Named statements of the stores, each with its reason. Texts are constants; values are bound.
-- A name ends at the next one. Texts stay below 4096 characters, comments and layout apart: the
-- driver keeps the parsed form of no longer one.

-- name: begin
-- READ COMMITTED is the server's default; sent together with the first lock or write.
begin;

-- name: commit
-- Alone, after the deadline was asked.
commit;

-- name: limits
-- Behind a pooler there are no start-up options, so each transaction sets its limits first.
select set_config('statement_timeout', '5s', true), set_config('lock_timeout', '4s', true),
       set_config('idle_in_transaction_session_timeout', '15s', true),
       set_config('timezone', 'UTC', true);

-- name: reserve_numbers
-- A block of the day's counter, in a transaction of its own: inside a unit the row would queue all
-- creates of the day behind each other's commit. It need not wait for the disk: the log is
-- written in order, so it is there when the first ticket with such a number is.
with quiet as materialized (select set_config('synchronous_commit', 'off', true))
insert into ticket_counter as counter (day, value)
select %(day)s, %(count)s::bigint from quiet
on conflict (day) do update set value = counter.value + excluded.value
returning value;

-- name: open_message
-- Record first: the row exists before anybody parses. A crash of the server may lose the last
-- 0.6 s of such rows, but none whose work was committed.
with quiet as materialized (select set_config('synchronous_commit', 'off', true)),
opened as (
  insert into message (received, dialect, peer, method, path, request_size, sha256, correlation_id)
  select %(received)s, %(dialect)s, %(peer)s, %(method)s, %(path)s, %(size)s, %(sha256)s,
         %(correlation_id)s
  from quiet
  returning number),
sealed as (
  insert into message_sealed (number, received, body)
  select number, %(received)s, %(sealed)s::bytea from opened where %(sealed)s::bytea is not null)
select number from opened;

-- name: close_message
-- The redacted request replaces the sealed body; without one the request could not be parsed.
-- A ticket that the unit of the effect has named stays.
with quiet as materialized (select set_config('synchronous_commit', 'off', true)),
closed as (
  update message set
    operation = %(operation)s, account_id = %(account_id)s, soap_version = %(soap_version)s,
    stage = %(stage)s, outcome = %(outcome)s, code = %(code)s, status = %(status)s,
    ticket_id = coalesce(ticket_id, %(ticket_id)s), duration_ms = %(duration_ms)s,
    answer_size = %(answer_size)s, notes = %(notes)s::text[]
  from quiet
  where number = %(number)s and received = %(received)s),
opened as (
  delete from message_sealed
  where number = %(number)s and received = %(received)s and %(request)s::text is not null)
insert into message_body (number, received, request, answer)
select %(number)s, %(received)s, %(request)s, %(answer)s
where %(request)s::text is not null or %(answer)s::text is not null
on conflict (number, received) do update set request = excluded.request, answer = excluded.answer;

-- name: settle_message
-- Stage 6 is done, outcome 1 is good; the window of time lets all other partitions be left out.
update message set
  stage = 6, outcome = 1, settled = %(now)s, ticket_id = %(ticket_id)s,
  account_id = %(account_id)s, operation = %(operation)s
where number = %(number)s
  and received between %(now)s::timestamptz - interval '1 hour'
                   and %(now)s::timestamptz + interval '1 hour';

-- name: find_account
-- One statement on every call: the account, its secrets, its person, its rights with the names of
-- the groups. An agent's account has the agent's keys and its own. By its name, or by an API key.
select a.id, a.name, a.kind, a.version, a.agent_id, g.guid, a.customer_user_id,
  coalesce(a.customer_id, u.customer_id), a.partner_id,
  coalesce(nullif(btrim(g.first_name || ' ' || g.last_name), ''), g.login,
           nullif(btrim(u.first_name || ' ' || u.last_name), ''), u.login, ''),
  a.active and coalesce(g.active, true) and coalesce(u.active, true),
  array(select s.hash from account_secret s
        where s.account_id = a.id and s.kind = 'password'
          and (s.expires is null or s.expires > now())
        order by s.id desc limit 4),
  r.groups, r.keys, r.names,
  array(select name from account_right where account_id = a.id limit 1000),
  array(select a.partner_id where a.partner_id is not null
        union select partner_id from account_partner where account_id = a.id limit 1000)
from account a
left join agent g on g.id = a.agent_id
left join customer_user u on u.id = a.customer_user_id
cross join lateral (
  select array_agg(p.group_id) as groups, array_agg(p.key) as keys, array_agg(p.name) as names
  from (
    select x.group_id, x.key, y.name
    from (select group_id, key from permission where agent_id = a.agent_id
          union select group_id, key from account_permission where account_id = a.id) x
    join agent_group y on y.id = x.group_id
    limit 10000) p) r
where a.name = coalesce(%(name)s::text, (
  select k.name from account_secret s join account k on k.id = s.account_id
  where s.sha256 = %(digest)s::bytea and s.kind = 'api_key'
    and (s.expires is null or s.expires > now())));

-- name: find_session
-- A session lives while it is used, and no longer than it may; its use is written once a minute.
with quiet as materialized (select set_config('synchronous_commit', 'off', true)),
used as (
  update session set last_seen = now()
  from quiet
  where digest = %(digest)s and expires > now()
    and last_seen between now() - %(idle_s)s::float8 * interval '1 second' and now() - interval '1 minute')
select a.name
from session s join account a on a.id = s.account_id
where s.digest = %(digest)s and s.expires > now()
  and s.last_seen > now() - %(idle_s)s::float8 * interval '1 second';

-- name: open_session
-- Only the hash of its id is kept.
insert into session (digest, account_id, expires, peer, user_agent)
values (%(digest)s, %(account_id)s, now() + %(life_s)s::float8 * interval '1 second', %(peer)s,
  %(user_agent)s);

-- name: end_session
-- A session that ended leaves nothing to come back to.
delete from session where digest = %(digest)s;

-- name: session_card
-- A session with the person whose it is.
select s.created, s.last_seen, s.peer, s.user_agent,
  coalesce(g.title, u.title, ''), coalesce(g.first_name, u.first_name, ''),
  coalesce(g.last_name, u.last_name, ''), coalesce(g.email, u.email, ''), coalesce(c.key, ''),
  coalesce(g.created, u.created, a.created), coalesce(g.changed, u.changed, a.changed)
from session s join account a on a.id = s.account_id
left join agent g on g.id = a.agent_id
left join customer_user u on u.id = a.customer_user_id
left join customer c on c.id = coalesce(a.customer_id, u.customer_id)
where s.digest = %(digest)s;

-- name: count_failures
-- Both counts that throttle a login, in one look.
select (select count(*) from login_failure
        where name = %(name)s and at > now() - %(window_s)s::float8 * interval '1 second'),
       (select count(*) from login_failure
        where peer = %(peer)s and at > now() - %(window_s)s::float8 * interval '1 second');

-- name: digest_secrets
-- The only secrets that are read back; two during rotation.
select s.sealed from account_secret s join account a on a.id = s.account_id
where a.name = %(name)s and s.kind = 'digest' and (s.expires is null or s.expires > now())
order by s.id desc limit 4;

-- name: take_nonce
-- Of two calls with the same nonce one gets a row.
insert into nonce (digest, expires) values (%(digest)s, %(expires)s)
on conflict (digest) do nothing returning 1;

-- name: record_failure
-- Not worth waiting for the disk: a crash of the server forgives a try.
with quiet as materialized (select set_config('synchronous_commit', 'off', true))
insert into login_failure (name, peer) select %(name)s, %(peer)s from quiet;

-- name: record_success
-- The account's failures from this address end; the good login keeps the address open.
with quiet as materialized (select set_config('synchronous_commit', 'off', true)),
gone as (delete from login_failure where name = %(name)s and peer = %(peer)s)
insert into good_login as login (name, peer) select %(name)s, %(peer)s from quiet
on conflict (name, peer) do update set at = now()
where login.at < now() - interval '1 minute';

-- name: trusted
-- Nobody can lock an account out at an address where it has just logged in.
select exists (select from good_login
               where name = %(name)s and peer = %(peer)s and at > now() - interval '24 hours');

-- name: rehash
-- Not the version: the password is the same, so cached logins stay good.
update account_secret set hash = %(new)s where account_id = %(account_id)s and hash = %(old)s;

-- name: lock_tickets
-- Apart from the load: a row read by the locking statement itself would show lists and
-- description as they were before the lock was granted.
select id from ticket where guid = any(%(guids)s::uuid[]) order by id for no key update;

-- name: load_tickets
-- Each list row is one array (id, guid, en, de, active, kind): one plan node each where 14 outer
-- joins would take the planner longer than the statement runs.
select t.id, t.guid, t.number, t.version, t.title,
  (select array[id::text, guid::text, en, coalesce(de, en), active::text, state_type]
   from state where id = t.state_id),
  t.priority_id::int,
  (select array[id::text, guid::text, path_en, path_de, active::text, group_id::text]
   from queue where id = t.queue_id),
  (select array[id::text, guid::text, en, coalesce(de, en), active::text, '']
   from type where id = t.type_id),
  (select array[id::text, guid::text, path_en, path_de, active::text, '']
   from category where id = t.category_id),
  (select array[id::text, guid::text, en, coalesce(de, en), active::text, '']
   from service where id = t.service_id),
  (select array[id::text, guid::text, en, coalesce(de, en), active::text, '']
   from sla where id = t.sla_id),
  (select array[id::text, guid::text, en, coalesce(de, en), active::text, '']
   from impact where id = t.impact_id),
  (select array[id::text, guid::text, en, coalesce(de, en), active::text, '']
   from resolution where id = t.resolution_id),
  t.lock,
  (select array[id::text, guid::text, n, n, active::text, ''] from agent, coalesce(
    nullif(btrim(first_name || ' ' || last_name), ''), login) n where id = t.owner_id),
  (select array[id::text, guid::text, name, name, active::text,
                 case when integrated then partner_id::text else '' end]
   from agent_group where id = t.assigned_group_id),
  (select array[id::text, guid::text, n, n, active::text, ''] from agent, coalesce(
    nullif(btrim(first_name || ' ' || last_name), ''), login) n where id = t.responsible_id),
  (select array[id::text, guid::text, name, name, active::text, '']
   from customer where id = t.customer_id),
  (select array[id::text, guid::text, n, n, active::text, coalesce(customer_id::text, '')]
   from customer_user, coalesce(nullif(btrim(first_name || ' ' || last_name), ''), login) n
   where id = t.customer_user_id),
  t.customer_address, t.keywords,
  (select array[id::text, guid::text, en, coalesce(de, en), active::text, '']
   from template where id = t.template_id),
  t.pending_until, t.follow_up, t.action_required, t.closed, t.archived,
  case when t.merged_into_id is not null then (
    with recursive chain(id, guid, next) as (
      select x.id, x.guid, x.merged_into_id from ticket x where x.id = t.merged_into_id
      union select x.id, x.guid, x.merged_into_id from chain join ticket x on x.id = chain.next)
    select guid from chain where next is null limit 1) end,
  coalesce((select html from article where ticket_id = t.id and is_description), ''),
  exists (select from task
          where ticket_id = t.id and external_group_id is not null and state <> 'Closed'),
  t.customer_key
from ticket t
where t.guid = any(%(guids)s::uuid[]);

-- name: view_ticket
-- All that a reader is shown, in one statement: captions, names, sums, description, assignee.
-- The chain of merges is followed only from a merged ticket; which ticket is shown is found before
-- anything is joined, else the planner may read the whole table. Customers see their own tickets and
-- their company's; for agents the two customer parameters are null.
select t.id, t.guid, t.number, q.group_id, t.version, t.title, d.html, d.plain,
  (select array[guid::text, path_en, path_de] from category where id = t.category_id),
  t.priority_id::int, array[s.guid::text, s.en, coalesce(s.de, s.en)], s.state_type,
  (select array[guid::text, coalesce(nullif(btrim(first_name || ' ' || last_name), ''), login)]
   from customer_user where id = t.customer_user_id),
  t.customer_address,
  (select array[guid::text, coalesce(nullif(btrim(first_name || ' ' || last_name), ''), login)]
   from agent where id = t.created_by),
  t.created, t.changed,
  (select array[guid::text, coalesce(nullif(btrim(first_name || ' ' || last_name), ''), login),
                email, from_directory::text]
   from agent where id = t.owner_id),
  case when t.owner_id is not null then array(
    select distinct g.name from permission p join agent_group g on g.id = p.group_id
    where p.agent_id = t.owner_id and g.active limit 1000) end,
  (select array[guid::text, name, description, email]
   from agent_group where id = t.assigned_group_id),
  (select array[guid::text, en, coalesce(de, en)] from impact where id = t.impact_id),
  t.keywords,
  (select array[guid::text, en, coalesce(de, en)] from resolution where id = t.resolution_id),
  t.closed,
  (select due from reminder where ticket_id = t.id),
  (select coalesce(round(sum(minutes)), 0)::bigint from working_time where ticket_id = t.id),
  (select coalesce(sum(unit_price * amount), 0.00) from cost where ticket_id = t.id),
  (select guid from template where id = t.template_id)
from ticket t
join state s on s.id = t.state_id
join queue q on q.id = t.queue_id
left join article d on d.ticket_id = t.id and d.is_description
where t.id = (
    select case when asked.merged_into_id is null then asked.id else (
      with recursive chain(id, next) as (
        select x.id, x.merged_into_id from ticket x where x.id = asked.merged_into_id
        union select x.id, x.merged_into_id from chain join ticket x on x.id = chain.next)
      select id from chain where next is null limit 1) end
    from ticket asked where asked.guid = %(guid)s)
  and s.state_type <> 'removed'
  and (q.group_id = any(%(groups)s::bigint[])
       or t.customer_user_id = %(customer_user_id)s::bigint
       or t.customer_id = %(customer_id)s::bigint);

-- name: insert_ticket
-- Apart from all other writes of a creation, since they need the id. The lock tells lists that a
-- ticket with an id above this one may be on its way (creations_settled); nobody waits for it.
with held as materialized (
  select pg_advisory_xact_lock_shared((21579::bigint << 40) + last_value - 1) from ticket_id_seq)
insert into ticket (guid, number, title, keywords, state_id, priority_id, type_id, category_id,
  queue_id, service_id, sla_id, impact_id, resolution_id, lock, owner_id, assigned_group_id,
  responsible_id, customer_id, customer_user_id, customer_address, customer_key, template_id,
  pending_until, follow_up, action_required, closed, archived, created, created_by, changed,
  changed_by)
select %(guid)s, %(number)s, %(title)s, %(keywords)s, %(state)s, %(priority)s, %(type)s,
  %(category)s, %(queue)s, %(service)s, %(sla)s, %(impact)s, %(resolution)s, %(lock)s, %(owner)s,
  %(assigned_group)s, %(responsible)s, %(customer)s, %(customer_user)s, %(customer_address)s,
  %(customer_key)s, %(template)s, %(pending_until)s, %(follow_up)s, %(action_required)s, %(closed)s, %(archived)s,
  %(now)s, %(agent)s, %(now)s, %(agent)s from held
returning id;

-- name: update_ticket
-- Always all columns: one prepared statement, and unchanged values cost no index and no check.
update ticket set
  title = %(title)s, keywords = %(keywords)s, state_id = %(state)s, priority_id = %(priority)s,
  type_id = %(type)s, category_id = %(category)s, queue_id = %(queue)s, service_id = %(service)s,
  sla_id = %(sla)s, impact_id = %(impact)s, resolution_id = %(resolution)s, lock = %(lock)s,
  owner_id = %(owner)s, assigned_group_id = %(assigned_group)s, responsible_id = %(responsible)s,
  customer_id = %(customer)s, customer_user_id = %(customer_user)s,
  customer_address = %(customer_address)s, customer_key = %(customer_key)s,
  template_id = %(template)s,
  pending_until = %(pending_until)s, follow_up = %(follow_up)s,
  action_required = %(action_required)s, closed = %(closed)s, archived = %(archived)s,
  version = version + 1, changed = %(now)s, changed_by = %(agent)s
where id = %(id)s;

-- name: escalate_ticket
-- Due times follow from the SLA, else from the queue, and end with the ticket. An answer that the
-- customer can see ends the first, each such article moves the second. Most tickets have none.
with due as (
  select x.id,
    case when not exists (
      select from article a
      where a.ticket_id = x.id and a.visible and a.sender_type = 'agent' and a.number > 1)
      then x.created + make_interval(mins => coalesce(s.first_response_min, q.first_response_min))
      end as response,
    greatest(x.created, (select max(created) from article a where a.ticket_id = x.id and a.visible))
      + make_interval(mins => coalesce(s.update_min, q.update_min)) as renewal,
    x.created + make_interval(mins => coalesce(s.solution_min, q.solution_min)) as solution
  from ticket x join queue q on q.id = x.queue_id left join sla s on s.id = x.sla_id
  where x.id = %(ticket_id)s and x.closed is null
  union all
  select id, null, null, null from ticket where id = %(ticket_id)s and closed is not null)
update ticket t set escalation_first_response = due.response, escalation_update = due.renewal,
  escalation_solution = due.solution
from due
where t.id = due.id
  and (t.escalation_first_response, t.escalation_update, t.escalation_solution)
    is distinct from (due.response, due.renewal, due.solution);

-- name: touch_ticket
-- An entry changed, and with it the ticket.
update ticket set version = version + 1, changed = %(now)s, changed_by = %(agent)s
where id = %(id)s;

-- name: page_of_tickets
-- Walks the primary key, so that paging misses none when new tickets arrive.
select t.guid, t.id, t.title, c.guid, c.path_en, c.path_de, t.priority_id::int, s.guid, s.en,
  coalesce(s.de, s.en), u.guid,
  coalesce(nullif(btrim(u.first_name || ' ' || u.last_name), ''), u.login),
  coalesce(o.guid, g.guid),
  coalesce(nullif(btrim(o.first_name || ' ' || o.last_name), ''), o.login, g.name),
  t.created, t.changed
from ticket t
join state s on s.id = t.state_id
left join category c on c.id = t.category_id
left join customer_user u on u.id = t.customer_user_id
left join agent o on o.id = t.owner_id
left join agent_group g on g.id = t.assigned_group_id
where s.state_type not in ('removed', 'merged')
  and (t.queue_id in (select id from queue where group_id = any(%(groups)s::bigint[]))
       or t.customer_user_id = %(customer_user_id)s::bigint
       or t.customer_id = %(customer_id)s::bigint)
order by t.id
limit %(limit)s offset %(offset)s;

-- name: count_of_tickets
-- The whole number costs a look at every ticket, so it is a statement of its own.
select count(*)
from ticket t
join state s on s.id = t.state_id
where s.state_type not in ('removed', 'merged')
  and (t.queue_id in (select id from queue where group_id = any(%(groups)s::bigint[]))
       or t.customer_user_id = %(customer_user_id)s::bigint
       or t.customer_id = %(customer_id)s::bigint);

-- name: page_of_named_tickets
-- The same for tickets asked for by guid: merged ones are replaced by their target, once.
with named as materialized (
  select distinct case when asked.merged_into_id is null then asked.id else (
    with recursive chain(id, next) as (
      select x.id, x.merged_into_id from ticket x where x.id = asked.merged_into_id
      union select x.id, x.merged_into_id from chain join ticket x on x.id = chain.next)
    select id from chain where next is null limit 1) end as id
  from ticket asked where asked.guid = any(%(guids)s::uuid[]))
select t.guid, t.id, t.title, c.guid, c.path_en, c.path_de, t.priority_id::int, s.guid, s.en,
  coalesce(s.de, s.en), u.guid,
  coalesce(nullif(btrim(u.first_name || ' ' || u.last_name), ''), u.login),
  coalesce(o.guid, g.guid),
  coalesce(nullif(btrim(o.first_name || ' ' || o.last_name), ''), o.login, g.name),
  t.created, t.changed
from named
join ticket t on t.id = named.id
join state s on s.id = t.state_id
left join category c on c.id = t.category_id
left join customer_user u on u.id = t.customer_user_id
left join agent o on o.id = t.owner_id
left join agent_group g on g.id = t.assigned_group_id
where s.state_type not in ('removed', 'merged')
  and (t.queue_id in (select id from queue where group_id = any(%(groups)s::bigint[]))
       or t.customer_user_id = %(customer_user_id)s::bigint
       or t.customer_id = %(customer_id)s::bigint)
order by t.id
limit %(limit)s offset %(offset)s;

-- name: count_of_named_tickets
-- The same for tickets asked for by guid.
with named as materialized (
  select distinct case when asked.merged_into_id is null then asked.id else (
    with recursive chain(id, next) as (
      select x.id, x.merged_into_id from ticket x where x.id = asked.merged_into_id
      union select x.id, x.merged_into_id from chain join ticket x on x.id = chain.next)
    select id from chain where next is null limit 1) end as id
  from ticket asked where asked.guid = any(%(guids)s::uuid[]))
select count(*)
from named
join ticket t on t.id = named.id
join state s on s.id = t.state_id
where s.state_type not in ('removed', 'merged')
  and (t.queue_id in (select id from queue where group_id = any(%(groups)s::bigint[]))
       or t.customer_user_id = %(customer_user_id)s::bigint
       or t.customer_id = %(customer_id)s::bigint);

-- name: find_article
-- Guids of entries are unique, so the ticket need not be known.
select r.id, r.guid, r.ticket_id, r.plain, r.html, r.kind, r.visible,
  (select array[id::text, guid::text, n, n, active::text, ''] from agent, coalesce(
    nullif(btrim(first_name || ' ' || last_name), ''), login) n where id = r.created_by),
  r.channel, r.from_, r.to_, r.cc, r.signature, r.subject, r.is_description, r.created, r.changed,
  t.guid
from article r join ticket t on t.id = r.ticket_id
where r.guid = %(guid)s and not r.is_description;

-- name: articles
-- By time, not by number: a merge moves articles in between.
-- Texts are long: the list ends, too, with the one that reaches 32 MiB, so no answer is endless.
select r.total, r.id, r.guid, r.ticket_id, r.plain, r.html, r.kind, r.visible,
  (select array[id::text, guid::text, n, n, active::text, ''] from agent, coalesce(
    nullif(btrim(first_name || ' ' || last_name), ''), login) n where id = r.created_by),
  r.channel, r.from_, r.to_, r.cc, r.signature, r.subject, r.is_description, r.created, r.changed
from (
  select r.*, count(*) over () as total, sum(octet_length(r.plain) + octet_length(r.html)) over (
    order by r.created, r.id rows between unbounded preceding and 1 preceding) as before
  from article r
  where r.ticket_id = %(ticket_id)s and not r.is_description) r
where coalesce(r.before, 0) < 33554432
order by r.created, r.id
limit 5000;

-- name: article_taken
-- Also the description's guid counts, and articles the caller may not see.
select exists (select from article where guid = %(guid)s);

-- name: working_time_taken
-- Also working times the caller may not see count.
select exists (select from working_time where guid = %(guid)s);

-- name: add_article
-- The ticket's row is locked by the unit, so the next number is free.
insert into article (ticket_id, guid, number, kind, plain, html, visible, is_description,
  sender_type, from_, created, created_by, changed, changed_by)
select %(ticket_id)s, %(guid)s,
  coalesce((select max(number) from article where ticket_id = %(ticket_id)s), 0) + 1,
  %(kind)s, %(plain)s, %(html)s, %(visible)s, %(is_description)s, %(sender_type)s, %(sender)s,
  %(now)s, %(agent)s, %(now)s, %(agent)s;

-- name: edit_article
-- With the ticket's id, as every statement about an entry (storage page, section 10).
update article set plain = %(plain)s, html = %(html)s, visible = %(visible)s, changed = %(now)s,
  changed_by = %(agent)s
where ticket_id = %(ticket_id)s and id = %(id)s;

-- name: put_description
-- A description that was never there is not made by emptying it.
insert into article (ticket_id, guid, number, plain, html, visible, is_description, sender_type,
  from_, created, created_by, changed, changed_by)
select %(ticket_id)s, gen_random_uuid(),
  coalesce((select max(number) from article where ticket_id = %(ticket_id)s), 0) + 1,
  %(plain)s, %(html)s, true, true, %(sender_type)s, %(sender)s, %(now)s, %(agent)s, %(now)s,
  %(agent)s
where %(plain)s <> '' or %(html)s <> ''
  or exists (select from article where ticket_id = %(ticket_id)s and is_description)
on conflict (ticket_id) where is_description do update set
  plain = excluded.plain, html = excluded.html, changed = excluded.changed,
  changed_by = excluded.changed_by;

-- name: add_working_time
-- The booking agent may be another than the executor.
insert into working_time (ticket_id, guid, executor_id, started, ended, minutes, description,
  created, created_by, changed)
values (%(ticket_id)s, %(guid)s, %(executor)s, %(start)s, %(end)s, %(minutes)s, %(description)s,
  %(now)s, %(agent)s, %(now)s);

-- name: newest_articles
-- Apart from the other order: which 5000 of very many are shown depends on it.
select r.total, r.id, r.guid, r.ticket_id, r.plain, r.html, r.kind, r.visible,
  (select array[id::text, guid::text, n, n, active::text, ''] from agent, coalesce(
    nullif(btrim(first_name || ' ' || last_name), ''), login) n where id = r.created_by),
  r.channel, r.from_, r.to_, r.cc, r.signature, r.subject, r.is_description, r.created, r.changed
from (
  select r.*, count(*) over () as total, sum(octet_length(r.plain) + octet_length(r.html)) over (
    order by r.created desc, r.id desc rows between unbounded preceding and 1 preceding) as before
  from article r
  where r.ticket_id = %(ticket_id)s and not r.is_description) r
where coalesce(r.before, 0) < 33554432
order by r.created desc, r.id desc
limit 5000;

-- name: delete_article
-- Its files go with it; a working time booked with it stays.
delete from article where ticket_id = %(ticket_id)s and id = %(id)s;

-- name: find_working_times
-- Guids of entries are unique, so the tickets need not be known; a batch is found at once.
select w.guid, w.ticket_id, t.guid,
  (select array[id::text, guid::text, n, n, active::text, ''] from agent, coalesce(
    nullif(btrim(first_name || ' ' || last_name), ''), login) n where id = w.executor_id),
  w.started, w.ended, round(w.minutes)::bigint, w.description
from working_time w join ticket t on t.id = w.ticket_id
where w.guid = any(%(guids)s::uuid[]);

-- name: working_times
-- Counted before the limit, so that a list that is cut off says of how many.
select count(*) over (), w.guid, w.ticket_id, t.guid,
  (select array[id::text, guid::text, n, n, active::text, ''] from agent, coalesce(
    nullif(btrim(first_name || ' ' || last_name), ''), login) n where id = w.executor_id),
  w.started, w.ended, round(w.minutes)::bigint, w.description
from working_time w join ticket t on t.id = w.ticket_id
where w.ticket_id = %(ticket_id)s
order by w.started, w.id
limit 5000;

-- name: edit_working_time
-- All columns a caller may change: one prepared statement for every edit.
update working_time set executor_id = %(executor)s, started = %(start)s, ended = %(end)s,
  minutes = %(minutes)s, description = %(description)s, changed = %(now)s
where ticket_id = %(ticket_id)s and guid = %(guid)s;

-- name: delete_working_times
-- Those of several tickets at once; the ticket is named, as it is the key rows are kept by.
delete from working_time w
using unnest(%(tickets)s::bigint[], %(guids)s::uuid[]) gone(ticket_id, guid)
where w.ticket_id = gone.ticket_id and w.guid = gone.guid;

-- name: find_costs
-- As find_working_times.
select c.guid, c.ticket_id, t.guid, c.unit_price, c.amount, c.category, c.description,
  (select array[id::text, guid::text, n, n, active::text, ''] from agent, coalesce(
    nullif(btrim(first_name || ' ' || last_name), ''), login) n where id = c.created_by),
  c.created
from cost c join ticket t on t.id = c.ticket_id
where c.guid = any(%(guids)s::uuid[]);

-- name: costs
-- Counted as working_times are.
select count(*) over (), c.guid, c.ticket_id, t.guid, c.unit_price, c.amount, c.category, c.description,
  (select array[id::text, guid::text, n, n, active::text, ''] from agent, coalesce(
    nullif(btrim(first_name || ' ' || last_name), ''), login) n where id = c.created_by),
  c.created
from cost c join ticket t on t.id = c.ticket_id
where c.ticket_id = %(ticket_id)s
order by c.created, c.id
limit 5000;

-- name: add_costs
-- A whole batch as one document; its order is the order of ids, and so of lists.
insert into cost (ticket_id, guid, unit_price, amount, category, description, created, created_by,
  changed)
select ticket_id, guid, unit_price, amount, category, description, %(now)s, %(agent)s, %(now)s
from jsonb_to_recordset(%(costs)s::jsonb) as sent(n int, ticket_id bigint, guid uuid,
  unit_price numeric, amount int, category text, description text)
order by n;

-- name: edit_costs
-- A whole batch as one document, as they are added.
update cost c set unit_price = sent.unit_price, amount = sent.amount, category = sent.category,
  description = sent.description, changed = %(now)s
from jsonb_to_recordset(%(costs)s::jsonb) as sent(ticket_id bigint, guid uuid, unit_price numeric,
  amount int, category text, description text)
where c.ticket_id = sent.ticket_id and c.guid = sent.guid;

-- name: delete_costs
-- As delete_working_times.
delete from cost c
using unnest(%(tickets)s::bigint[], %(guids)s::uuid[]) gone(ticket_id, guid)
where c.ticket_id = gone.ticket_id and c.guid = gone.guid;

-- name: find_attachments
-- As find_working_times. A file made elsewhere has no label: its own guid stands for it.
select a.guid, a.ticket_id, t.guid, coalesce(a.document_id, a.guid), a.name, a.file_name, a.description,
  a.visible, a.size, a.sha256,
  (select array[id::text, guid::text, n, n, active::text, ''] from agent, coalesce(
    nullif(btrim(first_name || ' ' || last_name), ''), login) n where id = a.created_by),
  a.created
from attachment a join ticket t on t.id = a.ticket_id
where a.guid = any(%(guids)s::uuid[]);

-- name: attachments
-- Without contents; those of articles are the ticket's too. Counted as working_times are.
select count(*) over (), a.guid, a.ticket_id, t.guid, coalesce(a.document_id, a.guid), a.name, a.file_name, a.description,
  a.visible, a.size, a.sha256,
  (select array[id::text, guid::text, n, n, active::text, ''] from agent, coalesce(
    nullif(btrim(first_name || ' ' || last_name), ''), login) n where id = a.created_by),
  a.created
from attachment a join ticket t on t.id = a.ticket_id
where a.ticket_id = %(ticket_id)s
order by a.created, a.id
limit 5000;

-- name: read_attachment
-- The one statement that reads a content.
select (select content from attachment_content where ticket_id = a.ticket_id and attachment_id = a.id),
  a.guid, a.ticket_id, t.guid, coalesce(a.document_id, a.guid), a.name, a.file_name, a.description,
  a.visible, a.size, a.sha256,
  (select array[id::text, guid::text, n, n, active::text, ''] from agent, coalesce(
    nullif(btrim(first_name || ' ' || last_name), ''), login) n where id = a.created_by),
  a.created
from attachment a join ticket t on t.id = a.ticket_id
where a.guid = %(guid)s;

-- name: add_attachments
-- A whole batch as one document; its order is the order of ids, and so of lists.
insert into attachment (ticket_id, guid, document_id, name, file_name, description, visible, size,
  sha256, created, created_by, changed)
select ticket_id, guid, document, name, file_name, description, visible, size,
  decode(sha256, 'hex'), %(now)s, %(agent)s, %(now)s
from jsonb_to_recordset(%(attachments)s::jsonb) as sent(n int, ticket_id bigint, guid uuid,
  document uuid, name text, file_name text, description text, visible boolean, size bigint,
  sha256 text)
order by n;

-- name: edit_attachments
-- Size and digest change once, when the content comes.
update attachment a set description = sent.description, visible = sent.visible, size = sent.size,
  sha256 = decode(sent.sha256, 'hex'), changed = %(now)s
from jsonb_to_recordset(%(attachments)s::jsonb) as sent(ticket_id bigint, guid uuid,
  description text, visible boolean, size bigint, sha256 text)
where a.ticket_id = sent.ticket_id and a.guid = sent.guid;

-- name: add_contents
-- After the attachments themselves, whose ids the callers' guids lead to.
insert into attachment_content (ticket_id, attachment_id, content)
select a.ticket_id, a.id, sent.content
from unnest(%(guids)s::uuid[], %(contents)s::bytea[]) sent(guid, content)
join attachment a on a.guid = sent.guid and a.ticket_id = %(ticket_id)s;

-- name: delete_attachments
-- As delete_working_times; contents go with them.
delete from attachment a
using unnest(%(tickets)s::bigint[], %(guids)s::uuid[]) gone(ticket_id, guid)
where a.ticket_id = gone.ticket_id and a.guid = gone.guid;

-- name: unmatched_mails
-- Counted before the limit, as every list that may be cut off.
select count(*) over (), guid, subject, sender, recipient, received, body, has_attachments
from mail
where ticket_id is null
order by received desc, id desc
limit 1000;

-- name: known_unmatched_mails
-- A mail that led to a ticket is none of the monitor's.
select guid from mail where guid = any(%(guids)s::uuid[]) and ticket_id is null;

-- name: delete_unmatched_mails
-- One that came to belong to a ticket in between stays.
delete from mail where guid = any(%(guids)s::uuid[]) and ticket_id is null;

-- name: delete_reminder
-- A ticket without one is no error.
delete from reminder where ticket_id = %(ticket_id)s;

-- name: resolve
-- Any of the lists in one statement: a branch whose list is not wanted is not even opened. Keys of
-- all lists are mixed, so more rows may come than were asked for; the store picks.
select 'state', id, guid, en, en, coalesce(de, en), active, state_type from state
where 'state' = any(%(lists)s::text[]) and
  (guid = any(%(guids)s::uuid[]) or id = any(%(ids)s::bigint[]) or en = any(%(names)s::text[]))
union all select 'priority', id, guid, en, en, coalesce(de, en), active, '' from priority
where 'priority' = any(%(lists)s) and
  (guid = any(%(guids)s) or id = any(%(ids)s) or en = any(%(names)s))
union all select 'queue', id, guid, path_en, path_en, path_de, active, group_id::text from queue
where 'queue' = any(%(lists)s) and
  (guid = any(%(guids)s) or id = any(%(ids)s) or path_en = any(%(names)s))
union all select 'type', id, guid, en, en, coalesce(de, en), active, '' from type
where 'type' = any(%(lists)s) and
  (guid = any(%(guids)s) or id = any(%(ids)s) or en = any(%(names)s))
union all select 'category', id, guid, path_en, path_en, path_de, active, '' from category
where 'category' = any(%(lists)s) and
  (guid = any(%(guids)s) or id = any(%(ids)s) or path_en = any(%(names)s))
union all select 'service', id, guid, en, en, coalesce(de, en), active, '' from service
where 'service' = any(%(lists)s) and
  (guid = any(%(guids)s) or id = any(%(ids)s) or en = any(%(names)s))
union all select 'sla', id, guid, en, en, coalesce(de, en), active, '' from sla
where 'sla' = any(%(lists)s) and
  (guid = any(%(guids)s) or id = any(%(ids)s) or en = any(%(names)s))
union all select 'impact', id, guid, en, en, coalesce(de, en), active, '' from impact
where 'impact' = any(%(lists)s) and
  (guid = any(%(guids)s) or id = any(%(ids)s) or en = any(%(names)s))
union all select 'resolution', id, guid, en, en, coalesce(de, en), active, '' from resolution
where 'resolution' = any(%(lists)s) and
  (guid = any(%(guids)s) or id = any(%(ids)s) or en = any(%(names)s))
union all select 'template', id, guid, en, en, coalesce(de, en), active, '' from template
where 'template' = any(%(lists)s) and
  (guid = any(%(guids)s) or id = any(%(ids)s) or en = any(%(names)s))
union all select 'agent', id, guid, login, n, n, active, ''
from agent, coalesce(nullif(btrim(first_name || ' ' || last_name), ''), login) n
where 'agent' = any(%(lists)s) and
  (guid = any(%(guids)s) or id = any(%(ids)s) or login = any(%(names)s))
union all select 'group', id, guid, name, name, name, active,
  case when integrated then partner_id::text else '' end from agent_group
where 'group' = any(%(lists)s) and
  (guid = any(%(guids)s) or id = any(%(ids)s) or name = any(%(names)s))
union all select 'customer', id, guid, key, name, name, active, '' from customer
where 'customer' = any(%(lists)s) and
  (guid = any(%(guids)s) or id = any(%(ids)s) or key = any(%(names)s))
union all
select 'customer_user', id, guid, login, n, n, active, coalesce(customer_id::text, '')
from customer_user, coalesce(nullif(btrim(first_name || ' ' || last_name), ''), login) n
where 'customer_user' = any(%(lists)s) and
  (guid = any(%(guids)s) or id = any(%(ids)s) or login = any(%(names)s))
limit 50000;

-- name: categories
-- Order by bytes: the same on every server, whatever its locale.
select count(*) over (), c.guid, p.guid, c.en, coalesce(c.de, c.en), c.path_en, c.path_de
from category c left join category p on p.id = c.parent_id
where c.active
order by c.path_en collate "C", c.id
limit 5000;

-- name: resolutions
-- Order by bytes, as categories.
select count(*) over (), guid, en, coalesce(de, en) from resolution
where active
order by en collate "C", id
limit 5000;

-- name: assignable
-- Agents, then groups; the roles are gathered after the limit, so they cost what is shown.
with who as (
  select count(*) over () as total, every.* from (
    select false as is_group, a.id, n collate "C" as name
    from agent a, coalesce(nullif(btrim(first_name || ' ' || last_name), ''), login) n
    where a.active and exists (
      select from permission p
      where p.agent_id = a.id and p.key = 'rw' and p.group_id = any(%(groups)s::bigint[]))
    union all
    select true, g.id, g.name collate "C" from agent_group g
    where g.active and g.id = any(%(groups)s::bigint[])) every
  order by is_group, name, id
  limit 5000)
select w.total, coalesce(a.guid, g.guid), w.is_group, w.name, coalesce(g.description, ''),
  coalesce(a.email, g.email), coalesce(a.from_directory, false),
  array(select distinct y.name from permission p join agent_group y on y.id = p.group_id
        where p.agent_id = a.id and y.active limit 1000)
from who w
left join agent a on not w.is_group and a.id = w.id
left join agent_group g on w.is_group and g.id = w.id
order by w.is_group, w.name, w.id;

-- name: helpdesk_settings
-- Read inside each transaction, so that an edit holds from the next call on.
select name, value from helpdesk_setting limit 100;

-- name: add_history
-- All lines of a change in one statement, with the ticket as it was after it; one JSON document is
-- written and read faster than six arrays.
insert into history (ticket_id, created, agent_id, actor, dialect, operation, kind, text, old, new,
  old_id, new_id, article_id, queue_id, state_id, owner_id, priority_id, type_id, message)
select %(ticket_id)s, %(now)s, %(agent)s, %(actor)s, %(dialect)s, %(operation)s, line.kind,
  line.text, line.old, line.new, line.old_id, line.new_id,
  case when line.article is not null then (
    select id from article where guid = line.article) end,
  %(queue)s, %(state)s, %(owner)s, %(priority)s, %(type)s, %(message)s
from jsonb_to_recordset(%(lines)s::jsonb) as line(kind text, text text, old text, new text,
  old_id bigint, new_id bigint, article uuid);

-- name: claim_key
-- Inserted first in the unit: a second caller waits here on the unique index until the first has
-- ended, and then reads its answer. A record that has run out is taken over.
insert into idempotency as known (account_id, operation, key, digest, expires)
values (%(account_id)s, %(operation)s, %(key)s, %(digest)s, %(now)s::timestamptz + interval '24 hours')
on conflict (account_id, operation, key) do update set
  digest = case when known.expires > %(now)s then known.digest else excluded.digest end,
  answer = case when known.expires > %(now)s then known.answer end,
  expires = case when known.expires > %(now)s then known.expires else excluded.expires end
returning digest, answer, subject, kind;

-- name: find_key
-- A claim without an answer belongs to a unit that is still running.
select digest, answer, subject, kind from idempotency
where account_id = %(account_id)s and operation = %(operation)s and key = %(key)s
  and answer is not null and expires > %(now)s;

-- name: remember_key
-- In place of the claim, or of an older answer to the same arguments.
insert into idempotency (account_id, operation, key, digest, answer, subject, kind, by_digest,
  expires)
values (%(account_id)s, %(operation)s, %(key)s, %(digest)s, %(answer)s, %(subject)s, %(kind)s,
  %(by_digest)s, %(now)s::timestamptz + interval '24 hours')
on conflict (account_id, operation, key) do update set
  digest = excluded.digest, answer = excluded.answer, subject = excluded.subject,
  kind = excluded.kind, by_digest = excluded.by_digest, expires = excluded.expires;

-- name: forget_keys
-- The account wrote the subject again: repeats of what it did before count as new.
delete from idempotency
where account_id = %(account_id)s and subject = any(%(subjects)s::uuid[]) and by_digest;

-- name: find_keys
-- Of a batch each entry has a record of its own: it may be written again alone.
select subject from idempotency
where account_id = %(account_id)s and operation = %(operation)s and key = any(%(keys)s::text[])
  and expires > %(now)s;

-- name: remember_keys
-- Nothing but that it was done is to be known of an entry; an empty answer is one all the same.
insert into idempotency (account_id, operation, key, digest, answer, subject, kind, by_digest,
  expires)
select %(account_id)s, %(operation)s, entry.key, %(digest)s, '{}', entry.subject, %(kind)s, true,
  %(now)s::timestamptz + interval '24 hours'
from unnest(%(keys)s::text[], %(subjects)s::uuid[]) entry(key, subject)
on conflict (account_id, operation, key) do update set expires = excluded.expires;

-- name: add_events
-- Sequence numbers follow on; the ticket's row is locked by the unit.
insert into event (ticket_id, origin_partner_id, sequence, kind, agent_id, occurred, snapshot)
select %(ticket_id)s, %(partner)s,
  coalesce((select max(sequence) from event
            where ticket_id = %(ticket_id)s and partner_id is null), 0) + line.n,
  line.event ->> 'kind', %(agent)s, %(now)s, line.event -> 'snapshot'
from jsonb_array_elements(%(events)s::jsonb) with ordinality line(event, n);

-- name: agent_of_login
-- Whoever has left has still booked.
select id from agent where login = %(login)s;

-- name: booked_times
-- The queue at that moment is the one of the last line of history until then, lines of the same
-- second included: what is shown are whole seconds.
select t.number, coalesce((select key from customer where id = t.customer_id), t.customer_key, ''),
  t.title,
  (select path_en from queue where id = coalesce((
    select h.queue_id from history h
    where h.ticket_id = t.id and h.created < date_trunc('second', w.created) + interval '1 second'
    order by h.created desc, h.id desc limit 1), t.queue_id)),
  w.created, w.minutes
from working_time w join ticket t on t.id = w.ticket_id
where w.created_by = (select id from agent where login = %(login)s)
  and w.created >= %(since)s::timestamptz and w.created < %(until)s::timestamptz
order by date_trunc('second', w.created), t.id, w.id
limit 1000000;

-- name: agents_named
-- Those of the names that mean exactly one active agent: found by the index of login or address,
-- else looked for in all of them.
with named as materialized (
  select * from jsonb_to_recordset(%(named)s::jsonb)
    as s(n bigint, login text, email text, search text)),
found as (
  select s.*, a.id from named s join agent a on a.login = s.login where s.login <> ''
  union all
  select s.*, a.id from named s join agent a on lower(a.email) = lower(s.email)
  where s.login = '' and s.email <> ''
  union all
  select s.*, a.id from named s cross join agent a
  where s.login = '' and s.email = '' and s.search <> '')
select f.n::int, min(f.id)
from found f join agent a on a.id = f.id
where a.active
  and (f.email = '' or lower(a.email) = lower(f.email))
  and (f.search = '' or position(lower(f.search) in lower(concat_ws(E'\n', a.login,
    a.first_name || ' ' || a.last_name, a.last_name || ' ' || a.first_name))) > 0)
group by f.n
having count(*) = 1
limit 10000;

-- name: put_absences
-- A day that is not sent stays.
update agent a set out_of_office = sent.away,
  out_of_office_start = coalesce(sent.start, a.out_of_office_start),
  out_of_office_end = coalesce(sent."end", a.out_of_office_end),
  changed = %(now)s
from jsonb_to_recordset(%(absences)s::jsonb) as sent(id bigint, away boolean, start date, "end" date)
where a.id = sent.id
returning a.id, a.out_of_office, a.out_of_office_start, a.out_of_office_end;

-- name: lists_of_search
-- The queues of groups, and the states by type: few, and asked for before a search is planned.
select array(select id from queue where group_id = any(%(groups)s::bigint[]) limit 50000),
  (select jsonb_object_agg(state_type, ids)
   from (select state_type, array_agg(id) as ids from state group by state_type) by_type);

-- name: plan_by_values
-- A search by patterns, arrays and spans is planned with them, for its own transaction. Compiling
-- would take longer than any search may.
select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true);

-- Searches are joined from parts, all of them constants: one part for the caller, one for each
-- word of the search, one for the order. The order stands twice, inside the limit and outside, so
-- that captions are looked up for the rows of the page only.

-- part: search
select t.guid, t.id, t.title, c.guid, c.path_en, c.path_de, t.priority_id::int, s.guid, s.en,
  coalesce(s.de, s.en), u.guid,
  coalesce(nullif(btrim(u.first_name || ' ' || u.last_name), ''), u.login),
  coalesce(o.guid, g.guid),
  coalesce(nullif(btrim(o.first_name || ' ' || o.last_name), ''), o.login, g.name),
  t.created, t.changed
from (select t.* from ticket t

-- part: search_count
select count(*) from ticket t

-- part: search_seen_by_agent
-- Sub-selects as arrays: they are run once, and an index can be entered with them.
where t.queue_id = any(array(select id from queue where group_id = any(%(groups)s::bigint[])))
  and t.state_id = any(array(select id from state where state_type not in ('removed', 'merged')))

-- part: search_seen_by_customer
where (t.customer_user_id = %(customer_user_id)s::bigint or t.customer_id = %(customer_id)s::bigint)
  and t.state_id = any(array(select id from state where state_type not in ('removed', 'merged')))

-- part: search_state_types
  and t.state_id = any(array(select id from state where state_type = any(%(state_types)s::text[])))

-- part: search_open
-- Implied by open state types; lets the index of open tickets be used.
  and t.closed is null

-- part: search_state
  and t.state_id = any(%(state)s::bigint[])

-- part: search_queue
  and t.queue_id = any(%(queue)s::bigint[])

-- part: search_category
  and t.category_id = any(%(category)s::bigint[])

-- part: search_type
  and t.type_id = any(%(type)s::bigint[])

-- part: search_priority
  and t.priority_id = any(%(priority)s::bigint[])

-- part: search_customer
  and t.customer_id = any(%(customer)s::bigint[])

-- part: search_customer_user
  and t.customer_user_id = any(%(customer_user)s::bigint[])

-- part: search_owner
  and t.owner_id = any(%(owner)s::bigint[])

-- part: search_assigned_group
  and t.assigned_group_id = any(%(assigned_group)s::bigint[])

-- part: search_unassigned
  and t.owner_id is null and t.assigned_group_id is null

-- part: search_has_attachment
  and exists (select from attachment a where a.ticket_id = t.id)

-- part: search_created_since
  and t.created >= %(created_since)s::timestamptz

-- part: search_changed_since
  and t.changed >= %(changed_since)s::timestamptz

-- part: search_asset
  and t.id = any(array(
    select ticket_id from object_link where object = %(asset)s::uuid and kind = 'asset'))

-- part: search_by_id_asc
order by t.id

-- part: search_by_id_desc
order by t.id desc

-- part: search_by_created_asc
order by t.created, t.id

-- part: search_by_created_desc
order by t.created desc, t.id desc

-- part: search_by_changed_asc
order by t.changed, t.id

-- part: search_by_changed_desc
order by t.changed desc, t.id desc

-- part: search_page
limit %(limit)s offset %(offset)s) t
join state s on s.id = t.state_id
left join category c on c.id = t.category_id
left join customer_user u on u.id = t.customer_user_id
left join agent o on o.id = t.owner_id
left join agent_group g on g.id = t.assigned_group_id

-- name: find_query
-- One that is switched off is not there.
select filter, sort from stored_query where guid = %(guid)s and active;

-- name: assignees
-- All that is shown of agents and groups; the roles are the names of an agent's active groups.
select guid, false, coalesce(nullif(btrim(first_name || ' ' || last_name), ''), login), '', email,
  from_directory,
  array(select distinct g.name from permission p join agent_group g on g.id = p.group_id
        where p.agent_id = a.id and g.active limit 1000)
from agent a where guid = any(%(guids)s::uuid[])
union all
select guid, true, name, description, email, false, '{}'
from agent_group where guid = any(%(guids)s::uuid[])
limit 10000;

-- name: find_template
-- Rows that were switched off since are left out: they cannot be set on a new ticket. The sums are
-- those of the entries that are copied: whole minutes, at least one each.
select array[t.id::text, t.guid::text, t.en, coalesce(t.de, t.en), t.active::text, ''],
  t.title, t.plain, t.html, t.keywords,
  (select array[id::text, guid::text, en, coalesce(de, en), active::text, state_type]
   from state where id = t.state_id and active),
  t.priority_id::int,
  (select array[id::text, guid::text, path_en, path_de, active::text, '']
   from category where id = t.category_id and active),
  (select array[id::text, guid::text, en, coalesce(de, en), active::text, '']
   from impact where id = t.impact_id and active),
  (select array[id::text, guid::text, n, n, active::text, coalesce(customer_id::text, '')]
   from customer_user, coalesce(nullif(btrim(first_name || ' ' || last_name), ''), login) n
   where id = t.customer_user_id and active),
  (select array[id::text, guid::text, n, n, active::text, ''] from agent, coalesce(
    nullif(btrim(first_name || ' ' || last_name), ''), login) n where id = t.owner_id and active),
  (select array[id::text, guid::text, name, name, active::text, '']
   from agent_group where id = t.assigned_group_id and active),
  (select coalesce(sum(greatest(1, round(minutes))), 0)::bigint
   from template_working_time where template_id = t.id),
  (select coalesce(sum(unit_price * amount), 0.00) from template_cost where template_id = t.id)
from template t where t.guid = %(guid)s;

-- name: templates
-- The number of all comes with each row, for the note that some are left out.
select t.guid, t.en, t.description, s.guid, s.en, coalesce(s.de, s.en), count(*) over ()
from template t left join state s on s.id = t.state_id
where t.active
order by t.en collate "C", t.id
limit 5000;

-- name: copy_working_times
-- A template knows the length only: the work ends now, and was the caller's.
insert into working_time (ticket_id, executor_id, started, ended, minutes, description, created,
  created_by, changed)
select %(ticket_id)s, %(agent)s,
  %(now)s::timestamptz - greatest(1, round(minutes))::float8 * interval '1 minute', %(now)s,
  greatest(1, round(minutes)), description, %(now)s, %(agent)s, %(now)s
from template_working_time where template_id = %(template)s
order by id;

-- name: copy_costs
-- The creator is the caller, as of every cost.
insert into cost (ticket_id, unit_price, amount, category, description, created, created_by,
  changed)
select %(ticket_id)s, unit_price, amount, category, description, %(now)s, %(agent)s, %(now)s
from template_cost where template_id = %(template)s
order by id;

-- name: known_objects
-- Of each object at once: is it linked already, is it in the registry and active.
select wanted.guid, l.object is not null, coalesce(r.active, false)
from unnest(%(guids)s::uuid[]) wanted(guid)
left join object_link l
  on l.ticket_id = %(ticket_id)s and l.kind = %(kind)s and l.object = wanted.guid
left join registered_object r on r.guid = wanted.guid and r.kind = %(kind)s
limit 10000;

-- name: object_registered
-- Active or not: what is linked already may still be looked for.
select exists (select from registered_object where guid = %(guid)s and kind = %(kind)s);

-- name: link_objects
-- All links of a call in one statement; the ticket's row is locked by the unit.
insert into object_link (ticket_id, kind, object, created, created_by)
select %(ticket_id)s, %(kind)s, wanted.guid, %(now)s, %(agent)s
from unnest(%(guids)s::uuid[]) wanted(guid)
on conflict do nothing;

-- name: linked_among
-- Plain links have the lower id first, so both places are looked at.
select other_id from ticket_link
where ticket_id = %(ticket_id)s and kind = 'plain' and other_id = any(%(others)s::bigint[])
union all
select ticket_id from ticket_link
where other_id = %(ticket_id)s and kind = 'plain' and ticket_id = any(%(others)s::bigint[])
limit 10000;

-- name: link_tickets
-- A plain link is stored once for both ends, the lower id first.
insert into ticket_link (ticket_id, other_id, kind, created, created_by)
select least(%(ticket_id)s::bigint, other.id), greatest(%(ticket_id)s::bigint, other.id), 'plain',
  %(now)s, %(agent)s
from unnest(%(others)s::bigint[]) other(id)
on conflict do nothing;

-- name: linked_tickets
-- From both ends, whatever the kind of the link; the number of all comes with each row.
select t.guid, t.id, t.title, s.guid, s.en, coalesce(s.de, s.en), count(*) over ()
from (select other_id as id from ticket_link where ticket_id = %(ticket_id)s
      union select ticket_id from ticket_link where other_id = %(ticket_id)s) linked
join ticket t on t.id = linked.id
join state s on s.id = t.state_id
where s.state_type not in ('removed', 'merged')
  and (t.queue_id in (select id from queue where group_id = any(%(groups)s::bigint[]))
       or t.customer_user_id = %(customer_user_id)s::bigint
       or t.customer_id = %(customer_id)s::bigint)
order by t.id
limit 5000;

-- name: find_reminder
-- Its recipient may have left; he stays where he stands.
select r.due, r.text,
  (select array[id::text, guid::text, n, n, active::text, ''] from agent, coalesce(
    nullif(btrim(first_name || ' ' || last_name), ''), login) n where id = r.recipient_id)
from reminder r where r.ticket_id = %(ticket_id)s;

-- name: put_reminder
-- In place of the one that is there, and to come again.
insert into reminder (ticket_id, due, text, recipient_id, created, created_by)
values (%(ticket_id)s, %(due)s, %(text)s, %(recipient)s, %(now)s, %(agent)s)
on conflict (ticket_id) do update set due = excluded.due, text = excluded.text,
  recipient_id = excluded.recipient_id, fired = null, created = excluded.created,
  created_by = excluded.created_by;

-- name: hold_due_reminders
-- The tickets are held too: their events are numbered one after the other. What another process
-- holds is skipped, so nobody waits.
select t.guid, r.due, r.text,
  (select array[id::text, guid::text, n, n, active::text, ''] from agent, coalesce(
    nullif(btrim(first_name || ' ' || last_name), ''), login) n where id = r.recipient_id)
from reminder r join ticket t on t.id = r.ticket_id
where r.fired is null and r.due <= %(now)s
order by r.due
limit %(limit)s
for no key update of r, t skip locked;

-- name: fire_reminders
-- Once a reminder: a new one is set by saving it again.
update reminder set fired = %(now)s where ticket_id = any(%(tickets)s::bigint[]);

-- Merging: what hangs on the sources goes to the target; all their rows are held by the unit.

-- name: hold_references
-- First of all, sorted, as every look-up of a reference does: whoever looks for one of these waits
-- and then finds it at the target.
select pg_advisory_xact_lock(hashtextextended(live.name, 0))
from (select distinct s.name || chr(31) || r.reference as name
      from external_reference r
      join external_system s on s.id = r.system_id
      join ticket t on t.id = r.ticket_id
      where t.guid = any(%(guids)s::uuid[]) and r.claim = 'live'
      order by 1 limit 10000) live;

-- name: hold_neighbors
-- The tickets at the other ends of their links too: two merges must not move one link both. Their ids
-- as an array: an index can be entered with it.
select id from ticket
where id = any(array(
  with merged as materialized (select id from ticket where guid = any(%(guids)s::uuid[]))
  select id from merged
  union select l.other_id from ticket_link l join merged on merged.id = l.ticket_id
  union select l.ticket_id from ticket_link l join merged on merged.id = l.other_id))
order by id for no key update;

-- name: merge_attachments
-- Files of a comment follow it by their foreign key; those of a description, which stays, become
-- files of the ticket.
update attachment set ticket_id = %(target)s, article_id = null
where ticket_id = any(%(sources)s::bigint[]) and (article_id is null or article_id in (
  select id from article where ticket_id = any(%(sources)s::bigint[]) and is_description));

-- name: merge_working_times
-- As with files.
update working_time set ticket_id = %(target)s, article_id = null
where ticket_id = any(%(sources)s::bigint[]) and (article_id is null or article_id in (
  select id from article where ticket_id = any(%(sources)s::bigint[]) and is_description));

-- name: merge_articles
-- They are numbered on within the target.
update article set ticket_id = %(target)s, number = moved.number
from (
  select a.ticket_id, a.id, row_number() over (order by a.created, a.id)
    + coalesce((select max(number) from article where ticket_id = %(target)s), 0) as number
  from article a
  where a.ticket_id = any(%(sources)s::bigint[]) and not a.is_description) moved
where article.ticket_id = moved.ticket_id and article.id = moved.id;

-- name: merge_costs
-- Sums are made when they are read, so none has to be kept.
update cost set ticket_id = %(target)s where ticket_id = any(%(sources)s::bigint[]);

-- name: merge_ticket_links
-- A link between the merged ones would lead from the target to itself, so it ends.
with gone as (
  delete from ticket_link
  where ticket_id = any(%(sources)s::bigint[]) or other_id = any(%(sources)s::bigint[])
  returning case when ticket_id = any(%(sources)s) then %(target)s::bigint else ticket_id end as one,
    case when other_id = any(%(sources)s) then %(target)s::bigint else other_id end as other,
    kind, created, created_by)
insert into ticket_link (ticket_id, other_id, kind, created, created_by)
select case kind when 'plain' then least(one, other) else one end,
  case kind when 'plain' then greatest(one, other) else other end, kind, created, created_by
from gone where one <> other
order by created
on conflict do nothing;

-- name: merge_object_links
-- What both are linked to is linked once.
with gone as (
  delete from object_link where ticket_id = any(%(sources)s::bigint[])
  returning kind, object, created, created_by)
insert into object_link (ticket_id, kind, object, created, created_by)
select %(target)s, kind, object, created, created_by from gone
order by created
on conflict do nothing;

-- name: merge_reminders
-- The next one that is still to come, if the target has none.
update reminder set ticket_id = %(target)s
where ticket_id = (
    select ticket_id from reminder where ticket_id = any(%(sources)s::bigint[])
    order by fired is not null, due, ticket_id limit 1)
  and not exists (select from reminder where ticket_id = %(target)s);

-- name: drop_merged_reminders
-- Nobody is to be reminded of a ticket that lives on in another.
delete from reminder where ticket_id = any(%(sources)s::bigint[]);

-- name: merge_references
-- Only live ones: a released reference tells where it was. The task it was given for stays behind.
update external_reference set ticket_id = %(target)s, changed = %(now)s
where ticket_id = any(%(sources)s::bigint[]) and claim = 'live';

-- name: close_merged_tasks
-- Merging a ticket closes its tasks by hand (SSP7 contract, section 5).
update task set state = 'Closed', closed = %(now)s, closed_by = %(agent)s, changed = %(now)s,
  changed_by = %(agent)s, version = version + 1
where ticket_id = any(%(sources)s::bigint[]) and state <> 'Closed';

-- name: merge_tickets
-- The sources point to the target from now on; one that was closed keeps its time.
update ticket set merged_into_id = %(target)s, state_id = %(state)s,
  closed = coalesce(closed, %(now)s), pending_until = null, version = version + 1,
  changed = %(now)s, changed_by = %(agent)s
where id = any(%(sources)s::bigint[]);

-- name: schema_revision
-- For the readiness probe: a process whose schema is another one must not be sent requests.
select version_num from alembic_version limit 1;

-- name: ensure_schedule
-- The next run stays when only the program was started again.
insert into schedule (name, spec, next_run) values (%(name)s, %(spec)s, now())
on conflict (name) do update set spec = excluded.spec where schedule.spec <> excluded.spec;

-- name: claim_schedule
-- A lease that ran out belonged to a worker that was killed.
update schedule
set lease_until = now() + make_interval(secs => %(lease_s)s), lease_owner = %(owner)s
where name = (
  select name from schedule
  where active and next_run <= now() and name = any(%(names)s)
    and (lease_until is null or lease_until < now())
  order by next_run limit 1
  for no key update skip locked)
returning name, now();

-- name: failing_schedules
-- What ran by the clock and went wrong the last time; not what nobody runs any more, such as that of
-- a mailbox that was taken out of the settings.
select name, last_run, last_error from schedule
where active and last_error <> '' and next_run > now() - interval '1 day' order by name limit 500;

-- name: settle_schedule
-- Fenced by the owner: a worker whose lease ran out changes nothing.
update schedule
set next_run = %(next_run)s, last_run = now(), last_error = %(error)s,
    lease_until = null, lease_owner = null
where name = %(name)s and lease_owner = %(owner)s;

-- Pruning takes 1000 rows a statement, so that no lock lasts and no statement runs into its limit.

-- name: prune_sessions
-- Sessions past their last moment, used or not.
with gone as (
  delete from session where digest in (
    select digest from session where expires < now() limit 1000) returning 1)
select count(*) from gone;

-- name: prune_login_failures
-- Failures older than any window that counts them.
with gone as (
  delete from login_failure where id in (
    select id from login_failure where at < now() - interval '1 day' limit 1000) returning 1)
select count(*) from gone;

-- name: prune_good_logins
-- Good logins that no longer keep an address open.
with gone as (
  delete from good_login where (name, peer) in (
    select name, peer from good_login where at < now() - interval '1 day' limit 1000) returning 1)
select count(*) from gone;

-- name: prune_nonces
-- Nonces whose token is too old to be taken anyway.
with gone as (
  delete from nonce where digest in (
    select digest from nonce where expires < now() limit 1000) returning 1)
select count(*) from gone;

-- name: prune_idempotency
-- First answers that no repeat gets any more.
with gone as (
  delete from idempotency where (account_id, operation, key) in (
    select account_id, operation, key from idempotency where expires < now() limit 1000)
  returning 1)
select count(*) from gone;

-- name: prune_audit
-- Audit lines beyond their retention; the only way any of them goes.
with gone as (
  delete from audit where id in (
    select id from audit where at < now() - make_interval(days => %(days)s) limit 1000)
  returning 1)
select count(*) from gone;

-- name: prune_deliveries
-- Failed ones stay until somebody decides. Those of events of tasks have a time of their own.
with gone as (
  delete from delivery where id in (
    select d.id from delivery d
    where d.state in ('done', 'dropped')
      and d.settled < now() - make_interval(days => least(%(days)s::int, %(task_days)s::int))
      and d.settled < now() - make_interval(days => case when exists (
        select 1 from event e where e.guid = d.event_id and e.task_id is not null)
        then %(task_days)s::int else %(days)s::int end)
    limit 1000)
  returning 1)
select count(*) from gone;

-- Deliveries. The row of a stream gives the order of what is queued for it; all times are now().

-- name: enqueue_delivery
-- The stream first, then the delivery, which takes its id when the stream's row is locked: the other
-- way round a lower id could commit after a higher one. What is due already stays so; a blocked
-- stream waits for an operator.
with queue as (
  insert into stream as present (partner_id, subject, due)
  values (%(partner_id)s, %(subject)s, now())
  on conflict (partner_id, subject) do update
  set due = case when present.blocked then null else coalesce(present.due, now()) end
  returning id)
insert into delivery (stream_id, event_id, process, version, payload)
select id, %(event_id)s, %(process)s, %(version)s, %(payload)s::jsonb from queue
on conflict (stream_id, event_id) do nothing;

-- name: claim_partner
-- The partner with the fewest deliveries in work, then the one that waits the longest, so that a
-- busy one starves nobody. Its lock makes the count of the next statement true. Of a partner whose
-- circuit is open one probe is in work, however long it takes: its lease lives while it runs.
select p.id, p.name, p.max_in_flight,
  case when p.circuit_until is not null then p.probe_interval end
from partner p
cross join lateral (
  select count(*) as n from stream where partner_id = p.id and lease_until > now()) leased
cross join lateral (
  select due from stream where partner_id = p.id and due is not null order by due limit 1) oldest
where p.active and not p.paused and p.id <> all(%(without)s::bigint[])
  and (p.circuit_until is null or (p.circuit_until <= now() and leased.n = 0))
  and oldest.due <= now() and leased.n < p.max_in_flight
order by leased.n, oldest.due
limit 1
for no key update of p skip locked;

-- name: claim_streams
-- Apart from the lock of the partner: a snapshot from before it would not see what another worker
-- has just claimed, and overshoot the limit. The ids go in as an array: the planner takes them for
-- few, where it would read the whole table to join them.
with leased as materialized (
  select count(*) as n from stream where partner_id = %(partner_id)s and lease_until > now()),
taken as materialized (
  select id from stream
  where partner_id = %(partner_id)s and due <= now()
  order by due
  limit (select greatest(0, least(%(most)s, %(max_in_flight)s - n)) from leased)
  for no key update skip locked)
update stream s
set due = now() + make_interval(secs => %(lease_s)s),
    lease_until = now() + make_interval(secs => %(lease_s)s),
    lease_owner = %(owner)s, claim = s.claim + 1
where s.id = any(array(select id from taken))
returning s.id;

-- name: hold_probe
-- One probe at a time: nobody else is let through while it runs.
update partner set circuit_until = now() + make_interval(secs => %(lease_s)s)
where id = %(partner_id)s;

-- name: claimed_deliveries
-- Apart from the claim: its snapshot may be older than a delivery queued just before the lock. The
-- times let older partitions of attempts be left out.
select s.id, s.claim, s.subject, d.id, d.event_id, d.process, d.version, d.payload, d.step, d.tries,
  d.step_values, tried.n + 1, d.created, now()
from stream s
left join lateral (
  select * from delivery where stream_id = s.id and state = 'pending' order by id limit 1) d on true
left join lateral (
  select coalesce(max(n), 0) as n from attempt
  where delivery_id = d.id and started > d.created - interval '1 day') tried on true
where s.id = any(%(streams)s::bigint[])
limit 100;

-- name: rest_streams
-- Nothing is pending any more: somebody discarded it.
update stream set due = null, lease_until = null, lease_owner = null
where id = any(%(streams)s::bigint[]);

-- name: prolong_leases
-- Only leases that are still held; none of another claim.
update stream s
set due = now() + make_interval(secs => %(lease_s)s),
    lease_until = now() + make_interval(secs => %(lease_s)s)
from unnest(%(streams)s::bigint[], %(claims)s::bigint[]) held(id, claim)
where s.id = held.id and s.claim = held.claim and s.lease_owner = %(owner)s
returning s.id;

-- name: hold_claim
-- The fence: what follows in this transaction happens only while the claim is ours.
select id from stream
where id = %(stream_id)s and claim = %(claim)s and lease_owner = %(owner)s
for no key update;

-- name: keep_attempt
-- Of a worker that lost its lease too, marked as late.
insert into attempt (delivery_id, n, started, step, duration_ms, status, request, answer, outcome,
  error)
select %(delivery_id)s, %(attempt)s, now() - %(duration_ms)s::float8 * interval '1 millisecond',
  %(exchange_step)s, %(duration_ms)s, %(status)s, %(request)s, %(answer)s,
  case when exists (select from stream where id = %(stream_id)s and claim = %(claim)s
                    and lease_owner = %(owner)s) then %(outcome)s else 'late' end,
  %(error)s;

-- name: finish_step
-- A finished step is never repeated; the next one has its own count of tries.
update delivery
set step = %(following)s, tries = 0, step_values = step_values || %(values)s::jsonb,
    last_error = ''
where id = %(delivery_id)s and state = 'pending'
  and exists (select from stream where id = %(stream_id)s and claim = %(claim)s
              and lease_owner = %(owner)s)
returning id;

-- name: settle_delivery
-- Absolute values: settled twice, after a lost answer, it is the same.
update delivery
set state = %(state)s, step = %(step)s, tries = %(tries)s,
    step_values = step_values || %(values)s::jsonb, last_error = %(error)s, note = %(note)s,
    next_try = now() + %(delay_s)s::float8 * interval '1 second',
    settled = case when %(state)s <> 'pending' then now() end
where id = %(delivery_id)s and state = 'pending'
  and exists (select from stream where id = %(stream_id)s and claim = %(claim)s
              and lease_owner = %(owner)s);

-- name: release_stream
-- Apart from the lock of the stream: this snapshot sees what was queued while we waited for it. A
-- dead delivery stops its stream, or lets the next one pass, as the partner's policy says.
update stream s
set lease_until = null, lease_owner = null,
    blocked = %(dead)s and p.dead_policy = 'block',
    due = case
      when %(dead)s and p.dead_policy = 'block' then null
      when %(delay_s)s::float8 is not null then now() + %(delay_s)s::float8 * interval '1 second'
      else (select now() from delivery where stream_id = s.id and state = 'pending' limit 1) end
from partner p
where s.id = %(stream_id)s and s.claim = %(claim)s and s.lease_owner = %(owner)s
  and p.id = s.partner_id
returning coalesce(s.due <= now(), false), p.failures > 0 or p.circuit_until is not null;

-- name: start_failure_process
-- In a stream of ourselves: the partner's own stands still, or belongs to what comes next. The unique
-- event of a stream makes it once for an event, whoever tries the dead delivery again.
with failed as (
  select d.event_id, d.payload, s.subject, q.name, q.active_version
  from delivery d
  join stream s on s.id = d.stream_id
  join partner p on p.id = s.partner_id
  join process q on q.id = p.call_failed_process_id and q.active_version is not null
  where d.id = %(delivery_id)s and d.state = 'failed'),
queue as (
  insert into stream as present (partner_id, subject, due)
  select (select id from partner where internal order by id limit 1), subject, now() from failed
  on conflict (partner_id, subject) do update
  set due = case when present.blocked then null else coalesce(present.due, now()) end
  returning id)
insert into delivery (stream_id, event_id, process, version, payload)
select queue.id, failed.event_id, failed.name, failed.active_version, failed.payload
from failed, queue
on conflict (stream_id, event_id) do nothing;

-- name: lock_circuit
-- All workers count into one row.
select failures, failing_since, circuit_until, probe_interval, paused, now()
from partner where id = %(partner_id)s for no key update;

-- name: set_circuit
-- What the rule of the circuit made of it.
update partner
set failures = %(failures)s, failing_since = %(failing_since)s, circuit_until = %(open_until)s,
    probe_interval = %(probe_s)s, paused = %(paused)s
where id = %(partner_id)s;

-- name: wake_streams
-- A thousand at a time, in the order in which units lock them, so that nobody waits long. What is in
-- work settles its own stream.
with woken as (
  update stream
  set due = now() + random() * %(spread_s)s::float8 * interval '1 second'
  where id in (
    select id from stream
    where partner_id = %(partner_id)s and subject > %(after)s and due is not null
      and (lease_until is null or lease_until <= now())
    order by subject limit 1000
    for no key update)
  returning subject)
select max(subject collate "C"), count(*) from woken;

-- name: shift_streams
-- As if time had passed: not the clock, but what waits for it.
update stream set due = due - %(ahead_s)s::float8 * interval '1 second'
where due is not null and lease_until is null;

-- name: shift_circuits
-- Likewise for the partners' circuits.
update partner
set circuit_until = circuit_until - %(ahead_s)s::float8 * interval '1 second',
    failing_since = failing_since - %(ahead_s)s::float8 * interval '1 second'
where failing_since is not null or circuit_until is not null;

-- name: backlogs
-- One look at a scrape. Counted from the rows themselves, so no counter can be wrong; each state by
-- the index of its own, since what is done is most. A partner that was switched off is left out once
-- nothing of it is left.
select p.name, coalesce(d.depth, 0),
  coalesce(extract(epoch from now() - d.oldest), 0)::float8, coalesce(d.failed, 0),
  p.paused, p.circuit_until is not null, p.active
from partner p
left join (
  select s.partner_id, count(waits.created) as depth, min(waits.created) as oldest,
    count(*) - count(waits.created) as failed
  from (select stream_id, created from delivery where state = 'pending'
        union all select stream_id, null from delivery where state = 'failed') waits
  join stream s on s.id = waits.stream_id
  group by s.partner_id) d on d.partner_id = p.id
where p.active or d.partner_id is not null
order by p.name
limit 1000;

-- name: hint_deliveries
-- Only a hint for workers; alone, since commits that notify queue behind one another.
select pg_notify('gateway_deliveries', '');

-- name: hear_deliveries
-- On a connection that does nothing else.
listen gateway_deliveries;

-- part: delivery_columns
-- What an operator sees of deliveries. One that is behind another waits for it: for the dead one that
-- stops the stream, else for the first that is not settled.
select d.id, p.name, s.subject, d.event_id, d.process, d.version, d.step, d.state, d.tries,
  case when d.state = 'pending' then d.next_try end, d.last_error, d.note, d.created, d.settled,
  coalesce(s.lease_until > now(), false) and d.id = (
    select id from delivery where stream_id = s.id and state = 'pending' order by id limit 1),
  case when d.state = 'pending' then coalesce(
    case when s.blocked then (
      select id from delivery where stream_id = s.id and state = 'failed' and id < d.id
      order by id desc limit 1) end,
    (select id from delivery where stream_id = s.id and state = 'pending' and id < d.id
     order by id limit 1)) end,
  d.state = 'failed' and s.blocked

-- part: listed_deliveries
-- One of the states follows, then the page.
from delivery d
join stream s on s.id = d.stream_id
join partner p on p.id = s.partner_id
where d.state =

-- part: pending_deliveries
-- A constant, so that the partial index serves.
'pending'

-- part: failed_deliveries
-- Likewise.
'failed'

-- part: done_deliveries
-- Likewise.
'done'

-- part: dropped_deliveries
-- Likewise.
'dropped'

-- part: deliveries_page
-- Oldest first, going on after an id.
  and (p.name = %(partner)s or %(partner)s is null)
  and (s.subject = %(subject)s or %(subject)s is null)
  and (d.settled >= %(since)s::timestamptz or %(since)s::timestamptz is null)
  and d.id > %(after)s
order by d.id limit %(most)s;

-- part: found_delivery
-- One delivery, whatever its state.
from delivery d
join stream s on s.id = d.stream_id
join partner p on p.id = s.partner_id
where d.id = %(id)s;

-- name: failure_reasons
-- What an operator asks first: what fails, since when. Dead ones stay until somebody decides, so
-- their number is bounded here.
select p.name, d.process, d.step, d.error, count(*), min(d.settled), max(d.settled), min(d.id)
from (select id, stream_id, process, step, left(last_error, 300) as error,
        coalesce(settled, created) as settled
      from delivery where state = 'failed' order by id limit 10000) d
join stream s on s.id = d.stream_id
join partner p on p.id = s.partner_id
group by p.name, d.process, d.step, d.error
order by count(*) desc, min(d.id) limit 50;

-- name: find_attempts
-- The newest thousand, oldest first.
select * from (
  select n, started, step, outcome, status, duration_ms, error, request, answer
  from attempt where delivery_id = %(id)s
  order by started desc, n desc limit 1000) tried
order by started, n;

-- name: find_delivery_log
-- What its process wrote about it, and whether readers of the ticket may see that.
select coalesce(d.step_values -> '#log', '[]'), coalesce(v.log_public, false)
from delivery d
left join process p on p.name = d.process
left join process_version v on v.process_id = p.id and v.version = d.version
where d.id = %(id)s;

-- name: lock_delivery
-- The stream's lock, as everybody who changes its deliveries takes it.
select s.id from stream s join delivery d on d.stream_id = s.id
where d.id = %(id)s for no key update of s;

-- name: retry_delivery
-- A new count of tries, at the failed step or from the start.
update delivery
set state = 'pending', tries = 0, settled = null, next_try = now(), note = '',
    step = case when %(from_start)s then '' else step end,
    step_values = case when %(from_start)s then '{}' else step_values end
where id = %(id)s and state in ('failed', 'pending')
returning stream_id;

-- name: discard_delivery
-- Kept as dropped, with the reason.
update delivery set state = 'dropped', note = %(reason)s, settled = now()
where id = %(id)s and state in ('failed', 'pending')
returning stream_id;

-- name: revive_stream
-- Looked at again; what is in work settles its stream itself. The dead delivery that stops it, still
-- does if another one was acted on: it is the last that failed.
update stream s
set blocked = left_over.dead,
    due = case when left_over.dead then null when s.lease_until > now() then s.due else now() end
from (select exists (
        select from stream b join delivery d on d.stream_id = b.id
        where b.id = %(stream_id)s and b.blocked and d.state = 'failed' and d.id > %(after)s) as dead
     ) left_over
where s.id = %(stream_id)s;

-- name: revoke_claim
-- The delivery in work was discarded: the fence refuses what its worker still brings.
update stream set blocked = false, due = now(), claim = claim + 1, lease_until = null,
  lease_owner = null
where id = %(stream_id)s;

-- name: pause_partner
-- Nothing more is claimed; what is in work ends.
update partner set paused = true where name = %(name)s and not paused returning id;

-- name: resume_partner
-- With a circuit that has forgotten everything.
update partner
set paused = false, failures = 0, failing_since = null, circuit_until = null, probe_interval = 5
where name = %(name)s returning id;

-- name: find_partner
-- By its system code.
select id, paused from partner where name = %(name)s;

-- name: partner_codes
-- For whoever mistyped one.
select name from partner order by name limit 50;

-- name: partner_standings
-- What keeps partners from being sent anything. Why one was paused stands in the audit alone; one
-- that was resumed since has paused by itself.
select p.name, p.active, p.paused, said.at, coalesce(said.actor, ''), coalesce(said.reason, ''),
  p.failing_since, p.circuit_until
from partner p
left join lateral (
  select at, actor, reason, action from audit
  where p.paused and subject = p.name and action in ('partner paused', 'partner resumed')
  order by at desc, id desc limit 1) said on said.action = 'partner paused'
where p.name = any(%(names)s::text[])
order by p.name
limit 1000;

-- name: neglected_streams
-- Due for a minute, nothing keeps them, and no worker gives a sign of life: each runs a schedule
-- every 30 seconds.
select count(*)
from stream s
join partner p on p.id = s.partner_id
where s.due < now() - interval '1 minute' and p.active and not p.paused
  and (p.circuit_until is null or p.circuit_until < now() - interval '1 minute')
  and not exists (select from stream where lease_until > now())
  and not exists (select from schedule where last_run > now() - interval '3 minutes');

-- name: audit_delivery
-- In the transaction of what was done.
insert into audit (actor, action, subject, reason, before, after)
values (%(actor)s, %(action)s, %(subject)s, %(reason)s, %(before)s::jsonb, %(after)s::jsonb);

-- name: follow_task
-- The main task has the assignee of its ticket; tickets from before there were tasks get one here.
insert into task (ticket_id, main, number, state, group_id, agent_id, closed, created, created_by,
  changed, changed_by)
values (%(ticket_id)s, true, '1', %(state)s, %(group)s, %(agent)s, %(closed)s, %(now)s, %(by)s,
  %(now)s, %(by)s)
on conflict (ticket_id) where main do update set
  group_id = excluded.group_id, agent_id = excluded.agent_id,
  state = case when task.state in ('SolutionProposed', 'Closed') then task.state
               when excluded.state = 'Closed' then task.state else excluded.state end,
  version = task.version + 1, changed = excluded.changed, changed_by = excluded.changed_by;

-- name: tasks_of
-- With what each partner knows of it, and each partner's number for it; a number given for the whole
-- ticket is its main task's. The number of a merged ticket's task is at the target.
select k.id, k.ticket_id, k.main, k.state,
  (select array[id::text, guid::text, name, name, active::text,
                case when integrated then partner_id::text else '' end]
   from agent_group where id = k.group_id),
  (select array[id::text, guid::text, n, n, active::text, ''] from agent, coalesce(
    nullif(btrim(first_name || ' ' || last_name), ''), login) n where id = k.agent_id),
  (select array[id::text, guid::text, name, name, active::text, '']
   from agent_group where id = k.previous_group_id),
  (select array[id::text, guid::text, name, name, active::text,
                case when integrated then partner_id::text else '' end]
   from agent_group where id = k.external_group_id),
  (select partner_id from agent_group where id = k.external_group_id),
  k.solution, k.solution_code,
  (select array[id::text, guid::text, en, coalesce(de, en), active::text, '']
   from resolution where id = k.resolution_id),
  k.external_closed, k.closed,
  (select jsonb_agg(jsonb_build_object('partner', s.partner_id, 'correlation', s.correlation_id,
     'acknowledged', s.acknowledged, 'event', s.acknowledged_event))
   from task_partner s where s.ticket_id = k.ticket_id and s.task_id = k.id),
  (select jsonb_object_agg(p.id, r.reference order by r.id)
   from external_reference r join partner p on p.system_id = r.system_id
   where r.task_id = k.id or r.ticket_id = k.ticket_id and r.task_id is null and k.main)
from task k
where k.ticket_id = %(ticket_id)s
order by not k.main, k.id
limit 200;

-- name: ticket_of_task
-- Before any lock: a task never changes its ticket.
select t.id, t.guid from task k join ticket t on t.id = k.ticket_id where k.id = %(id)s;

-- name: partners_of_task
-- What a hash is judged by: the partner that the task is or last was with.
select k.id, p.id, p.name
from task k
join agent_group g on g.id = k.external_group_id
join partner p on p.id = g.partner_id
where k.id = %(id)s;

-- name: partners_of_reference
-- The same for a caller who gives a partner's number alone.
select k.id, p.id, p.name
from external_reference r
join task k on k.id = r.task_id or r.task_id is null and k.ticket_id = r.ticket_id and k.main
join agent_group g on g.id = k.external_group_id
join partner p on p.id = g.partner_id and p.system_id = r.system_id
where r.reference = %(reference)s
order by k.state = 'Closed', r.id desc
limit 100;

-- name: put_task
-- Always all that may change, as for tickets.
update task set
  state = %(state)s, group_id = %(group)s, agent_id = %(agent)s,
  previous_group_id = %(previous_group)s, external_group_id = %(partner_group)s,
  solution = %(solution)s, solution_code = %(solution_code)s, resolution_id = %(resolution)s,
  external_closed = %(external_closed)s, closed = %(closed)s,
  closed_by = case when closed is not null then closed_by
                   when %(closed)s::timestamptz is not null then %(by)s::bigint end,
  version = version + 1, changed = %(now)s, changed_by = %(by)s
where ticket_id = %(ticket_id)s and id = %(id)s;

-- name: close_tasks
-- Of a ticket no task of which concerns a partner.
update task set state = 'Closed', closed = %(now)s, closed_by = %(by)s, version = version + 1,
  changed = %(now)s, changed_by = %(by)s
where ticket_id = %(ticket_id)s and state <> 'Closed';

-- name: release_task_references
-- All tasks of a ticket ended, and with them the ticket; others may take the numbers of both.
update external_reference set claim = 'released', changed = %(now)s
where ticket_id = %(ticket_id)s and claim = 'live';

-- name: reopen_task
-- What was closed while it was with somebody still names them; it is nobody's until it is assigned.
update task set state = 'Open', closed = null, closed_by = null, external_closed = false,
  version = version + 1, changed = %(now)s, changed_by = %(by)s
where ticket_id = %(ticket_id)s and main and state = 'Closed';

-- name: restore_references
-- A number that another open ticket took meanwhile is contested from now on.
update external_reference r set changed = %(now)s, claim = case when exists (
    select from external_reference o
    where o.system_id = r.system_id and o.reference = r.reference and o.claim = 'live')
  then 'contested' else 'live' end
from task k
where k.ticket_id = %(ticket_id)s and k.main and k.state <> 'Closed'
  and (r.task_id = k.id or r.task_id is null)
  and r.ticket_id = k.ticket_id and r.claim = 'released';

-- name: send_task
-- Once per task and partner; the correlation id never changes.
insert into task_partner (ticket_id, task_id, partner_id, sent)
values (%(ticket_id)s, %(task_id)s, %(partner)s, %(now)s)
on conflict (ticket_id, task_id, partner_id) do update set
  sent = coalesce(task_partner.sent, excluded.sent);

-- name: acknowledge_task
-- The first confirmation counts; a repeat is answered with its event.
update task_partner set acknowledged = %(acknowledged)s, acknowledged_event = %(event)s
where ticket_id = %(ticket_id)s and task_id = %(task_id)s and partner_id = %(partner)s;

-- name: task_card
-- All that a partner is shown of a task and its ticket, in one statement. Of a merged ticket the
-- surviving one is named. Who is no customer user has a bare address, or a name before it in angles.
select k.id, k.guid, k.number, k.main,
  case when k.main then t.title else k.subject end,
  case when k.main then coalesce(d.plain, '') else k.description end,
  k.state, (case when k.main then t.priority_id else coalesce(k.priority_id, t.priority_id) end)::int,
  coalesce((select path_en from category where id = t.category_id), ''),
  coalesce(g.name, ''), g.id, coalesce(an, ''), coalesce(a.email, ''),
  k.created,
  coalesce((select coalesce(nullif(btrim(first_name || ' ' || last_name), ''), login)
            from agent where id = k.created_by), ''),
  greatest(k.changed, case when k.main then t.changed end), k.target_date, k.closed,
  coalesce((select coalesce(nullif(btrim(first_name || ' ' || last_name), ''), login)
            from agent where id = k.closed_by),
           case when k.external_closed then coalesce(nullif(p.title, ''), p.name) end, ''),
  k.solution, k.solution_code, k.external_closed,
  p.id, p.name,
  coalesce((select r.reference from external_reference r
            where r.system_id = p.system_id and r.ticket_id in (k.ticket_id, t.id)
              and (r.task_id = k.id or r.task_id is null and k.main)
            order by r.id desc limit 1), ''),
  s.acknowledged, s.correlation_id,
  t.id, t.number, t.title, coalesce(d.plain, ''), (select en from state where id = t.state_id),
  t.priority_id::int, t.created, t.closed,
  coalesce(nullif(btrim(u.first_name || ' ' || u.last_name), ''), u.login,
           nullif(btrim(regexp_replace(t.customer_address, '<[^<>]*>\s*$', ''), ' "'), ''),
           t.customer_address, ''),
  coalesce(u.email, substring(t.customer_address from '<([^<>]*)>\s*$'),
           case when strpos(t.customer_address, '@') > 0 then t.customer_address end, ''),
  coalesce(u.phone, (select value from form_value
                     where ticket_id = t.id and label = 'RequesterPhone'), ''),
  coalesce(u.unique_id, ''),
  (select jsonb_object_agg(y.name, y.vt) from (
     select f.name, string_agg(v.vt, ', ' order by v.position) as vt
     from ticket_field v join dynamic_field f on f.id = v.field_id
     where v.ticket_id = t.id group by f.name limit 500) y)
from task k
join partner p on p.id = %(partner)s
join ticket t on t.id = (
  with recursive chain(id, next) as (
    select x.id, x.merged_into_id from ticket x where x.id = k.ticket_id
    union select x.id, x.merged_into_id from chain join ticket x on x.id = chain.next)
  select id from chain where next is null limit 1)
left join article d on d.ticket_id = t.id and d.is_description
left join agent_group g on g.id = k.group_id
left join agent a on a.id = k.agent_id
left join lateral coalesce(nullif(btrim(a.first_name || ' ' || a.last_name), ''), a.login) an on true
left join customer_user u on u.id = t.customer_user_id
left join task_partner s
  on s.ticket_id = k.ticket_id and s.task_id = k.id and s.partner_id = p.id
where k.id = %(id)s;

-- name: add_task_event
-- The next number of its ticket and partner; the ticket's row is locked by the unit.
insert into event (guid, ticket_id, task_id, group_id, partner_id, origin_partner_id, sequence,
  kind, request_type, direction, app, agent_id, occurred, snapshot)
select %(guid)s, %(ticket_id)s, %(task_id)s, %(group)s, %(partner)s, %(origin)s,
  coalesce((select max(sequence) from event
            where ticket_id = %(ticket_id)s and partner_id = %(partner)s), 0) + 1,
  %(kind)s, %(request_type)s, %(direction)s, %(app)s, %(agent)s, %(now)s, %(snapshot)s;

-- name: add_exchange
-- An article with the partner's own id of it, which a repeat is found by.
insert into article (ticket_id, guid, number, kind, plain, html, visible, sender_type, from_,
  external_author, external_message_id, external_digest, event_guid, origin_partner_id, task_id,
  direction, created, created_by, changed, changed_by)
select %(ticket_id)s, %(guid)s,
  coalesce((select max(number) from article where ticket_id = %(ticket_id)s), 0) + 1,
  %(kind)s, %(plain)s, %(html)s, %(visible)s, 'system', %(author)s, %(author)s, %(message_id)s,
  %(digest)s, %(event)s, %(partner)s, %(task_id)s, %(direction)s, %(written)s, %(by)s, %(now)s,
  %(by)s;

-- name: add_files_with_contents
-- Files and contents together, of an article or (none) of the ticket itself.
with file as materialized (
  select * from unnest(%(guids)s::uuid[], %(names)s::text[], %(types)s::text[],
    %(contents)s::bytea[]) as f(guid, name, type, content)),
made as (
  insert into attachment (ticket_id, article_id, guid, name, file_name, content_type, visible,
    size, sha256, created, created_by)
  select %(ticket_id)s, (select id from article where guid = %(article)s::uuid), guid, name, name,
    type, %(visible)s, octet_length(content), sha256(content), %(now)s, %(by)s
  from file
  returning id, guid)
insert into attachment_content (ticket_id, attachment_id, content)
select %(ticket_id)s, made.id, file.content from made join file using (guid);

-- name: mark_told
-- An entry of ours that was forwarded is part of what was exchanged.
update article set direction = 'Out', task_id = %(task_id)s, event_guid = %(event)s
where ticket_id = %(ticket_id)s and guid = %(guid)s;

-- name: known_exchange
-- The event keeps what the first call was answered with.
select r.task_id, r.external_digest, r.event_guid, e.occurred, e.snapshot, t.id, t.number
from article r
join ticket t on t.id = r.ticket_id
join event e on e.guid = r.event_guid
where r.origin_partner_id = %(partner)s and r.external_message_id = %(message_id)s;

-- name: exchanged
-- What made an event of this task and partner; by the time of the event, since a partner may give an
-- entry an older time, to the millisecond, as it is written. Notes of ours make none.
select r.guid, r.kind, e.kind, r.direction, r.plain,
  coalesce(nullif(r.external_author, ''), r.from_), r.created, coalesce(r.external_message_id, ''),
  (select jsonb_agg(jsonb_build_array(f.file_name, f.content_type, f.size) order by f.id)
   from attachment f where f.ticket_id = r.ticket_id and f.article_id = r.id)
from event e join article r on r.event_guid = e.guid
where e.task_id = %(task_id)s and e.partner_id = %(partner)s
  and (%(since)s::timestamptz is null
       or date_trunc('milliseconds', e.occurred) > %(since)s::timestamptz)
order by e.id, r.id
limit 500;

-- name: waiting_events
-- Shown again until they are confirmed; its own news are no news to a partner. Found first by the index
-- of what waits, partner by partner: the planner would walk all events, for most partners confirm.
select e.guid, e.sequence, e.request_type, e.app, e.occurred, e.attempts + 1, e.ticket_id, t.number,
  e.task_id, e.snapshot, exists (select 1 from attachment f where f.ticket_id = e.ticket_id)
from event e join ticket t on t.id = e.ticket_id
where e.id = any(array(
  select waiting.id from unnest(%(partners)s::bigint[]) mine(id)
  cross join lateral (
    select id from event
    where partner_id = mine.id and direction = 'Out' and confirmed is null
      and origin_partner_id is distinct from partner_id
    order by id limit %(count)s) waiting))
order by e.id limit %(count)s;

-- name: count_looks
-- How often a partner was shown what it did not confirm.
update event set attempts = attempts + 1 where guid = any(%(guids)s::uuid[]);

-- name: event_to_confirm
-- Held, so that two confirmations follow one another.
select e.id, e.confirmed is not null, exists (
  select from event o
  where o.ticket_id = e.ticket_id and o.partner_id = e.partner_id and o.direction = 'Out'
    and o.confirmed is null and o.sequence < e.sequence
    and o.origin_partner_id is distinct from o.partner_id)
from event e
where e.guid = %(guid)s and e.partner_id = any(%(partners)s::bigint[]) and e.direction = 'Out'
  and e.origin_partner_id is distinct from e.partner_id
for no key update of e;

-- name: confirm_event
-- Once; the time of the first confirmation stays.
update event set confirmed = %(now)s where id = %(id)s and confirmed is null;

-- name: some_partners
-- Those an account speaks for.
select id, name, title, system_id, delivery = 'pull' from partner
where id = any(%(ids)s::bigint[]) and active order by id limit 1000;

-- name: partner_group
-- With the versions of its processes that are active at this moment: a delivery keeps its version.
select array[g.id::text, g.guid::text, g.name, g.name, g.active::text,
             case when g.integrated then g.partner_id::text else '' end],
  p.id, p.name, p.title, p.system_id, p.delivery = 'pull', g.integrated,
  (select jsonb_build_array(name, active_version) from process
   where id = g.assignment_process_id and active_version is not null),
  (select jsonb_build_array(name, active_version) from process
   where id = g.update_process_id and active_version is not null),
  (select jsonb_build_array(name, active_version) from process
   where id = g.closure_process_id and active_version is not null),
  (select array[id::text, guid::text, name, name, active::text,
                case when integrated then partner_id::text else '' end]
   from agent_group where id = g.return_group_id),
  g.resend_unacknowledged, g.forward_entries
from agent_group g join partner p on p.id = g.partner_id
where g.id = %(id)s;

-- name: event_map
-- Read inside each transaction, so that an edit holds from the next event on.
select code, request_type, direction, app, slot from event_map limit 100;

-- name: hold_reference
-- A missing row cannot be locked; this lets only one caller at a time judge a reference.
select pg_advisory_xact_lock(hashtextextended(asked.name, 0))
from (select name || chr(31) || %(reference)s::text as name from external_system
      where id = any(%(systems)s::bigint[])
      order by 1 limit 1000) asked;

-- name: holder_of_reference
-- One live claim a system: the index sees to it.
select ticket_id, task_id from external_reference
where system_id = %(system)s and reference = %(reference)s and claim = 'live';

-- name: tasks_of_reference
-- Open tasks first, then the one that was closed last; only what the partner was ever sent.
select k.id, k.state = 'Closed'
from external_reference r
join task k on k.id = r.task_id or r.task_id is null and k.ticket_id = r.ticket_id and k.main
join partner p on p.system_id = r.system_id
join task_partner s on s.ticket_id = k.ticket_id and s.task_id = k.id and s.partner_id = p.id
where r.system_id = any(%(systems)s::bigint[]) and r.reference = %(reference)s
group by k.id, k.state, k.closed
order by k.state = 'Closed', k.closed desc, max(r.id) desc
limit 2;

-- name: add_reference
-- One that was given for the whole ticket is the task's from now on. The backstop is the unique
-- index on live claims.
with given as (
  update external_reference set task_id = %(task_id)s
  where system_id = %(system)s and reference = %(reference)s and ticket_id = %(ticket_id)s
    and task_id is null and claim = 'live'
  returning id)
insert into external_reference (system_id, reference, ticket_id, task_id)
select %(system)s, %(reference)s, %(ticket_id)s, %(task_id)s
where not exists (select from given);

-- name: release_references
-- A task that ended lets others take its numbers; one given for the whole ticket is its main task's.
update external_reference set claim = 'released', changed = %(now)s
where ticket_id = %(ticket_id)s and claim = 'live'
  and (task_id = %(task_id)s or task_id is null and %(main)s::boolean);

-- name: process_source
-- Versions are never changed: a delivery runs the one it began with.
select v.source, v.partner_id from process_version v join process p on p.id = v.process_id
where p.name = %(name)s and v.version = %(version)s;

-- name: registered_names
-- Once for a delivery at most; fields of the ticketing's apps serve under the name of any app.
select array(select code from external_app order by code limit 1000),
  (select jsonb_agg(distinct jsonb_build_array(f.name, f.label))
   from external_app_field f join external_app a on a.id = f.app_id
   where left(a.code, 10) = 'Ticketing.' or a.code = 'Services'),
  array(select name from dynamic_field order by name limit 5000),
  array(select distinct internal_name from catalog_part order by internal_name limit 5000);

-- name: facts_of_event
-- The partner it is for: a process that tells of a failure runs in another one's stream.
select e.sequence, e.partner_id, coalesce(p.name, '')
from event e left join partner p on p.id = e.partner_id
where e.guid = %(guid)s;

-- name: files_of_event
-- Of its text, if it has one; else, of an assignment, those of the ticket, without what the group
-- is not to be told of. One that no message could hold keeps none of the later ones back.
with told as (
  select e.ticket_id, e.app, g.forward_entries = 'all' as all_of_it,
    array(select id from article where event_guid = e.guid limit 100) as entries
  from event e left join agent_group g on g.id = e.group_id
  where e.guid = %(guid)s),
file as (
  select f.ticket_id, f.id, f.file_name, f.content_type, f.size <= %(bytes)s as fits,
    sum(f.size) filter (where f.size <= %(bytes)s) over (order by f.id) as total,
    count(*) over () as all_of_them
  from told t
  join attachment f on f.ticket_id = t.ticket_id and f.sha256 is not null
  left join article a on a.ticket_id = f.ticket_id and a.id = f.article_id
  where case
    when t.entries <> '{}' then f.article_id = any(t.entries)
    else t.app = 'Ticketing.TaskAssignment'
      and (coalesce(t.all_of_it, false) or f.visible and coalesce(a.visible, true)) end)
select f.file_name, f.content_type, c.content, f.all_of_them
from file f
left join attachment_content c
  on c.ticket_id = f.ticket_id and c.attachment_id = f.id and f.fits and f.total <= %(bytes)s
order by f.id
limit %(files)s;

-- name: form_values
-- At most what one form can bring.
select label, value from form_value where ticket_id = %(ticket_id)s limit 1000;

-- name: keep_form_values
-- The last word counts.
insert into form_value (ticket_id, label, value)
select %(ticket_id)s, left(given.label, 250), given.text
from unnest(%(labels)s::text[], %(texts)s::text[]) as given(label, text)
where given.label <> ''
on conflict (ticket_id, label) do update set value = excluded.value;

-- name: find_app
-- The six apps of the ticketing make no tickets: they only name fields.
select a.code,
  (select jsonb_build_array(p.id, p.name, p.title, p.system_id) from partner p
   where p.id = a.partner_id),
  (select guid from template where id = a.template_id),
  (select guid from customer_user where id = a.requester_id),
  (select jsonb_object_agg(name, label) from external_app_field where app_id = a.id),
  (select jsonb_object_agg(name, field_type) from external_app_field where app_id = a.id)
from external_app a
where a.code = %(code)s and a.active and left(a.code, 10) <> 'Ticketing.';

-- name: requester_of_app
-- Partners name people by an id of their own.
select guid from customer_user where unique_id = %(unique_id)s and active;

-- name: add_text_fields
-- Of other types nothing is known about the form of a value.
insert into ticket_field (ticket_id, field_id, vt)
select %(ticket_id)s, f.id, given.text
from unnest(%(names)s::text[], %(texts)s::text[]) as given(name, text)
join dynamic_field f on f.name = given.name and f.field_type = 'text' and f.active
where octet_length(given.text) between 1 and 2600;

-- name: number_of_ticket
-- For a caller who is told of a ticket that was there before.
select number from ticket where id = %(id)s;

-- name: internal_partner
-- Ourselves: the streams of mail, and of processes that call nobody, hang on it.
select id from partner where internal order by id limit 1;

-- name: mail_keys
-- A key goes by its fingerprint, the end of it (PGP key ids), the hash of its certificate's
-- subject, or the SHA-256 fingerprint of the certificate that is stored.
select kind, address, fingerprint, short_id, signs, encrypts, public, secret_sealed, expires,
  revoked, active
from mail_key
where kind = %(kind)s and (
  fingerprint = %(name)s or short_id = %(name)s
  or kind = 'PGP' and right(fingerprint, length(%(name)s)) = %(name)s
  or kind = 'SMIME' and encode(sha256(public), 'hex') = %(name)s)
order by created desc, id desc
limit 20;

-- name: mail_article
-- All that a mail is made of; its files by a statement of their own.
select r.guid, r.from_, r.reply_to, r.to_, r.cc, r.bcc, r.subject, r.plain, r.html, r.mime_type,
  r.charset, r.signature, r.message_id, r.in_reply_to, r.refs, r.created, t.guid, r.ticket_id, r.id
from article r join ticket t on t.id = r.ticket_id
where r.guid = %(guid)s;

-- name: mail_files
-- The contents too: a worker reads them once for a mail. One that has not come travels not.
select a.file_name, a.content_type, c.content, a.disposition, a.content_id
from attachment a
join attachment_content c on c.ticket_id = a.ticket_id and c.attachment_id = a.id
where a.ticket_id = %(ticket_id)s and a.article_id = %(article_id)s
order by a.id
limit 1000;

-- name: find_target
-- The partner's own before one of ourselves with the same code.
select t.id, t.partner_id, p.name, p.internal, t.code, t.base_url, t.auth, t.user_name,
  t.header_name, t.secret, t.ca_file, t.client_certificate_file, t.timeout_s
from target t join partner p on p.id = t.partner_id
where t.code = %(code)s
  and (p.id = %(partner_id)s::bigint or p.name = %(partner)s::text or p.internal)
order by p.internal
limit 1;

-- name: list_targets
-- What an operator sees, and what `partners test` calls: the same columns as a step's target.
select t.id, t.partner_id, p.name, p.internal, t.code, t.base_url, t.auth, t.user_name,
  t.header_name, t.secret, t.ca_file, t.client_certificate_file, t.timeout_s
from target t join partner p on p.id = t.partner_id
where p.name = %(partner)s
order by t.code
limit 1000;

-- Lists of tickets for people are joined from parts, as searches are. What may be seen and what is
-- open stands in the part with the title, too: its limit must not be spent on others.

-- part: ticket_lines
select t.id, t.number, t.title, array[s.en, coalesce(s.de, s.en)], s.state_type,
  array[p.en, coalesce(p.de, p.en)], array[q.path_en, q.path_de],
  coalesce(nullif(btrim(o.first_name || ' ' || o.last_name), ''), o.login, g.name), t.changed
from ticket t
join state s on s.id = t.state_id
join priority p on p.id = t.priority_id
join queue q on q.id = t.queue_id
left join agent o on o.id = t.owner_id
left join agent_group g on g.id = t.assigned_group_id
where t.queue_id = any(array(select id from queue where group_id = any(%(groups)s::bigint[])))
  and t.state_id = any(array(select id from state where state_type <> 'removed'))
  and t.id < %(before)s::bigint

-- part: lines_open
-- Lets the index of open tickets be used.
  and t.closed is null

-- part: lines_unassigned
-- The same as is counted.
  and t.closed is null and t.owner_id is null and t.assigned_group_id is null

-- part: lines_at_partners
-- Likewise; the first condition of tasks lets the partial index be used.
  and t.id in (select ticket_id from task
    where state <> 'Closed' and state in ('SentToExternal', 'InProgressExternal'))

-- part: lines_solutions
-- Likewise.
  and t.id in (select ticket_id from task
    where state <> 'Closed' and state = 'SolutionProposed')

-- part: lines_named_among
-- As below, of few.
  and (t.number = %(text)s or t.id = %(id)s::bigint or t.title ilike %(pattern)s or exists (
    select from external_reference r where r.ticket_id = t.id and r.reference = %(text)s))

-- part: lines_named
-- By number, id or external reference as they are, or by a part of the title.
  and t.id = any(array(
    select id from ticket where number = %(text)s
    union select %(id)s::bigint
    union select ticket_id from external_reference where reference = %(text)s
    union (
      select x.id from ticket x
      where x.title ilike %(pattern)s
        and x.queue_id = any(array(
          select id from queue where group_id = any(%(groups)s::bigint[])))
        and x.state_id = any(array(select id from state where state_type <> 'removed'))
        and (x.closed is null or not %(open)s::boolean) and x.id < %(before)s::bigint
      order by x.id desc limit %(most)s::bigint)))

-- part: lines_page
-- Newest first.
order by t.id desc limit %(most)s::bigint;

-- name: ticket_sheet
-- All of the ticket itself, with its references and tasks, in one statement.
select t.id, t.guid, t.number, t.version, q.group_id, t.title, left(coalesce(d.plain, ''), 100000),
  array[s.en, coalesce(s.de, s.en)], s.state_type,
  (select array[en, coalesce(de, en)] from priority where id = t.priority_id),
  (select array[en, coalesce(de, en)] from type where id = t.type_id),
  (select array[path_en, path_de] from category where id = t.category_id),
  array[q.path_en, q.path_de],
  (select array[en, coalesce(de, en)] from service where id = t.service_id),
  (select array[en, coalesce(de, en)] from sla where id = t.sla_id),
  (select array[en, coalesce(de, en)] from impact where id = t.impact_id),
  (select array[en, coalesce(de, en)] from resolution where id = t.resolution_id),
  o.guid, coalesce(nullif(btrim(o.first_name || ' ' || o.last_name), ''), o.login, ''),
  g.guid, coalesce(g.name, ''),
  coalesce((select coalesce(nullif(btrim(first_name || ' ' || last_name), ''), login)
            from agent where id = t.responsible_id), ''),
  coalesce((select name from customer where id = t.customer_id), ''),
  coalesce((select coalesce(nullif(btrim(first_name || ' ' || last_name), ''), login)
            from customer_user where id = t.customer_user_id), t.customer_address, ''),
  t.keywords, t.pending_until, t.closed, t.created,
  coalesce((select coalesce(nullif(btrim(first_name || ' ' || last_name), ''), login)
            from agent where id = t.created_by), ''),
  t.changed,
  coalesce((select coalesce(nullif(btrim(first_name || ' ' || last_name), ''), login)
            from agent where id = t.changed_by), ''),
  t.merged_into_id,
  (select jsonb_object_agg(y.name, y.vt) from (
     select f.name, string_agg(v.vt, ', ' order by v.position) as vt
     from ticket_field v join dynamic_field f on f.id = v.field_id
     where v.ticket_id = t.id group by f.name limit 500) y),
  (select jsonb_agg(jsonb_build_array(y.name, r.reference, r.task_id, r.claim) order by r.id)
   from (select * from external_reference where ticket_id = t.id order by id limit 200) r
   join external_system y on y.id = r.system_id),
  (select jsonb_agg(jsonb_build_array(k.id, k.number, k.main, k.subject, k.state,
     coalesce(kg.name, ''), coalesce(nullif(btrim(ka.first_name || ' ' || ka.last_name), ''),
     ka.login, ''), coalesce(kp.name, ''), coalesce(ke.name, ''), ks.acknowledged,
     left(k.solution, 32000), k.solution_code, k.external_closed, k.closed)
     order by not k.main, k.id)
   from (select * from task where ticket_id = t.id order by not main, id limit 200) k
   left join agent_group kg on kg.id = k.group_id
   left join agent ka on ka.id = k.agent_id
   left join agent_group ke on ke.id = k.external_group_id
   left join partner kp on kp.id = ke.partner_id
   left join task_partner ks
     on ks.ticket_id = k.ticket_id and ks.task_id = k.id and ks.partner_id = kp.id)
from ticket t
join state s on s.id = t.state_id
join queue q on q.id = t.queue_id
left join article d on d.ticket_id = t.id and d.is_description
left join agent o on o.id = t.owner_id
left join agent_group g on g.id = t.assigned_group_id
where t.id = %(id)s and s.state_type <> 'removed' and q.group_id = any(%(groups)s::bigint[]);

-- name: sheet_entries
-- Whatever was written, with the names of its files.
select r.guid, r.number, r.kind, r.task_id, r.direction,
  coalesce(nullif(r.external_author, ''), (
    select coalesce(nullif(btrim(first_name || ' ' || last_name), ''), login)
    from agent where id = r.created_by), r.from_),
  r.subject, left(r.plain, 32000), r.visible, r.created,
  (select jsonb_agg(jsonb_build_array(f.file_name, f.content_type, f.size) order by f.id)
   from attachment f where f.ticket_id = r.ticket_id and f.article_id = r.id)
from article r
where r.ticket_id = %(id)s and not r.is_description
order by r.number desc limit 200;

-- name: sheet_history
-- Newest first; the key of the table serves.
select h.id, h.created,
  coalesce((select coalesce(nullif(btrim(first_name || ' ' || last_name), ''), login)
            from agent where id = h.agent_id), h.actor),
  h.dialect, h.operation, h.kind, left(h.text, 2000), left(h.old, 2000), left(h.new, 2000),
  h.message
from history h
where h.ticket_id = %(id)s
order by h.id desc limit 200;

-- name: sheet_events
-- Those of tasks: what partners were told, or told us.
select e.guid, e.kind, e.request_type, e.direction, e.app, p.name, e.task_id, e.sequence,
  e.occurred, e.confirmed
from event e join partner p on p.id = e.partner_id
where e.ticket_id = %(id)s
order by e.id desc limit 200;

-- part: sheet_deliveries
-- To whatever partner, in whatever state. Readers of a ticket see what a process wrote if the
-- version that ran says so (SSP7 contract, section 12).
  , (select d.step_values -> '#log' from process r
   join process_version v on v.process_id = r.id and v.version = d.version
   where r.name = d.process and v.log_public)
from partner p
join stream s on s.partner_id = p.id and s.subject = %(subject)s
join delivery d on d.stream_id = s.id
order by d.id desc limit 200;

-- name: event_sheet
-- One event, for whoever looks after its delivery.
select e.ticket_id, t.number, q.group_id, e.guid, e.kind, e.request_type, coalesce(e.direction, ''),
  e.app, coalesce(p.name, ''), e.task_id, e.sequence, e.occurred, e.confirmed, e.snapshot
from event e
left join ticket t on t.id = e.ticket_id
left join queue q on q.id = t.queue_id
left join partner p on p.id = e.partner_id
where e.guid = %(guid)s;

-- name: ticket_counts
-- Each count ends at 1001: nobody works through more, and counting all would cost more than the page.
with queues as materialized (
  select array(select id from queue where group_id = any(%(groups)s::bigint[])) as ids)
select
  (select count(*) from (select from ticket t, queues
     where t.closed is null and t.queue_id = any(queues.ids) limit 1001) x),
  (select count(*) from (select from ticket t, queues
     where t.closed is null and t.queue_id = any(queues.ids) and t.owner_id is null
       and t.assigned_group_id is null limit 1001) x),
  (select count(*) from (select from task k join ticket t on t.id = k.ticket_id, queues
     where k.state <> 'Closed' and k.state in ('SentToExternal', 'InProgressExternal')
       and t.queue_id = any(queues.ids) limit 1001) x),
  (select count(*) from (select from task k join ticket t on t.id = k.ticket_id, queues
     where k.state <> 'Closed' and k.state = 'SolutionProposed'
       and t.queue_id = any(queues.ids) limit 1001) x);

-- name: parties
-- All who can have a task: rights on the ticket decide, not membership.
select guid, is_group, name, partner from (
  select g.guid, true as is_group, g.name, coalesce(p.name, '') as partner
  from agent_group g left join partner p on p.id = g.partner_id and g.integrated
  where g.active
  union all
  select guid, false, coalesce(nullif(btrim(first_name || ' ' || last_name), ''), login), ''
  from agent where active) x
order by is_group desc, name, guid limit 5000;

-- name: tasks_at_group
-- Those that stay where they are when the marker is taken away.
select count(*) from (
  select from task
  where group_id = %(group)s::bigint and state in ('SentToExternal', 'InProgressExternal')
    and state <> 'Closed' limit 1001) x;

-- The record, as operators look through it. Lists of messages are joined from parts: what is not
-- asked for does not stand in the statement, so each finds the index that serves it.

-- part: message_columns
-- Of lists and of one message alike.
select m.number, m.received, m.dialect, m.operation, m.soap_version, coalesce(a.name, ''), m.peer,
  m.ticket_id, m.stage, m.outcome, m.code, m.status, m.duration_ms, m.request_size, m.answer_size,
  m.correlation_id, m.notes

-- part: message_lines
-- Conditions may follow, then the page.
from message m
left join account a on a.id = m.account_id
where true

-- part: messages_numbered
  and m.number = %(number)s::bigint

-- part: messages_correlated
  and m.correlation_id = %(correlation_id)s::text

-- part: messages_of_ticket
  and m.ticket_id = %(ticket_id)s::bigint

-- part: messages_of_account
  and m.account_id = (select id from account where name = %(account)s::text)

-- part: messages_of_dialect
  and m.dialect = %(dialect)s::text

-- part: messages_of_operation
  and starts_with(lower(m.operation), lower(%(operation)s::text))

-- part: messages_of_peer
  and m.peer = %(peer)s::text

-- part: messages_of_code
  and m.code = %(code)s::text

-- part: messages_trouble
-- A constant, so that the partial index serves; what is open may only be in work.
  and m.outcome <> 1 and m.outcome > 1

-- part: messages_ended
  and m.outcome = %(outcome)s::smallint

-- part: messages_since
  and m.received >= %(since)s::timestamptz

-- part: messages_until
  and m.received <= %(until)s::timestamptz

-- part: messages_before
-- Numbers are given before rows are written: two messages may have come in the other order.
  and (m.received, m.number) < (
    (select received from message where number = %(before)s::bigint limit 1), %(before)s::bigint)

-- part: messages_page
-- Newest first.
order by m.received desc, m.number desc limit %(most)s::bigint;

-- part: recorded_message
-- With its texts, as far as they are kept.
  , m.method, m.path, encode(m.sha256, 'hex'), m.settled, b.request, b.answer, exists (
    select from message_sealed s where s.number = m.number and s.received = m.received)
from message m
left join account a on a.id = m.account_id
left join message_body b on b.number = m.number and b.received = m.received
where m.number = %(number)s::bigint;

-- name: changes_by_message
-- The ticket is known, so the key of its history serves.
select h.id, h.created,
  coalesce((select coalesce(nullif(btrim(first_name || ' ' || last_name), ''), login)
            from agent where id = h.agent_id), h.actor),
  h.dialect, h.operation, h.kind, left(h.text, 2000), left(h.old, 2000), left(h.new, 2000),
  h.message
from history h
where h.ticket_id = %(ticket_id)s::bigint and h.message = %(number)s::bigint
order by h.id limit 200;

-- name: messages_of_hour
-- Bounded: under load the newest 10 000 say enough.
select dialect, count(*), count(*) filter (where outcome = 2),
  count(*) filter (where outcome = 3), count(*) filter (where outcome = 4),
  percentile_cont(0.5) within group (order by duration_ms),
  percentile_cont(0.95) within group (order by duration_ms)
from (select dialect, outcome, duration_ms from message
      where received > now() - interval '1 hour' order by received desc limit 10000) x
group by dialect order by dialect limit 20;

-- name: audit_lines
-- Newest first, going on before an id.
select id, at, actor, peer, action, subject, reason, before, after, message
from audit
where id < %(before)s::bigint
  and (%(actor)s::text = '' or actor = %(actor)s::text)
  and (%(action)s::text = '' or position(lower(%(action)s::text) in lower(action)) > 0)
  and (%(subject)s::text = '' or position(lower(%(subject)s::text) in lower(subject)) > 0)
order by id desc limit %(most)s::bigint;

-- name: target_of_ticket
-- By id or number; a merged ticket stands for the one it lives on in.
with recursive chain(id, guid, next) as (
  select x.id, x.guid, x.merged_into_id from ticket x
  where x.id = %(id)s::bigint or x.number = %(number)s::text
  union select x.id, x.guid, x.merged_into_id from chain join ticket x on x.id = chain.next)
select guid from chain where next is null limit 1;

-- name: fields_named
-- With what may be chosen in each.
select f.id, f.name, f.field_type,
  array(select value from dynamic_field_option o where o.field_id = f.id and o.active
        order by o.position, o.value limit 5000)
from dynamic_field f
where f.name = any(%(names)s::text[]) and f.active
limit 1000;

-- name: set_aside_articles
-- Ids ahead of the rows: files, times and history name the article in the batch that stores it.
select nextval(pg_get_serial_sequence('article', 'id')) from generate_series(1, %(count)s::int);

-- name: asker
-- How a customer user is written where a mail names its sender, and its company.
select login, coalesce(nullif(btrim(first_name || ' ' || last_name), ''), login), email,
  (select array[id::text, guid::text, name, name, active::text, '']
   from customer where id = customer_user.customer_id)
from customer_user where login = %(login)s;

-- name: hold_claimed_reference
-- As hold_reference, where the system may have no row yet: that of the partner who speaks, else
-- the one the settings name.
select pg_advisory_xact_lock(hashtextextended(coalesce(
  (select s.name from partner p join external_system s on s.id = p.system_id
   where p.id = %(partner)s::bigint), %(system)s::text) || chr(31) || %(reference)s::text, 0));

-- name: system_of_claim
-- None where nobody named a reference of this system before.
select s.id from external_system s
where s.id = (select system_id from partner where id = %(partner)s::bigint)
   or (%(partner)s::bigint is null and s.name = %(system)s);

-- name: make_system
-- Once per system; whoever comes second waits and finds it.
insert into external_system (name) values (%(system)s)
on conflict (name) do update set name = excluded.name
returning id;

-- name: holders_of_claim
-- Every ticket with this reference that may still be updated, seen by the caller or not: by the
-- claims of all dialects in the system, and by the dynamic field where it was filled otherwise.
-- Merged ones stand for their target.
with recursive named as (
  select r.ticket_id, r.claim from external_reference r
  join external_system s on s.id = r.system_id
  where r.reference = %(reference)s::text
    and (s.id = (select system_id from partner where id = %(partner)s::bigint)
         or (%(partner)s::bigint is null and s.name = %(system)s))
  union all
  select v.ticket_id, '' from ticket_field v join dynamic_field f on f.id = v.field_id
  where f.name = %(field)s and v.vt = %(reference)s::text
    and not exists (select from external_reference o
                    where o.ticket_id = v.ticket_id and o.reference = v.vt)),
chain(id, next, claim) as (
  select t.id, t.merged_into_id, n.claim from named n join ticket t on t.id = n.ticket_id
  union select t.id, t.merged_into_id, chain.claim from chain join ticket t on t.id = chain.next)
select t.id, t.guid, max(case chain.claim when 'live' then 1 else 0 end) = 1
from chain join ticket t on t.id = chain.id join state s on s.id = t.state_id
where chain.next is null
  and (s.en = any(%(states)s::text[]) or s.state_type = any(%(state_types)s::text[])
       or (cardinality(%(states)s::text[]) = 0 and cardinality(%(state_types)s::text[]) = 0
           and s.state_type not in ('removed', 'merged')))
group by t.id, t.guid
order by t.id
limit 1000;

-- name: release_claims
-- Of tickets that may not be updated any more: the text goes to the one that claims it now.
update external_reference set claim = 'released', changed = %(now)s
where system_id = %(system)s and reference = %(reference)s and claim = 'live'
  and ticket_id <> %(ticket_id)s;

-- name: restore_claim
-- A ticket that had it before and was reopened.
update external_reference set claim = 'live', changed = %(now)s
where id = (select min(id) from external_reference
            where system_id = %(system)s and reference = %(reference)s
              and ticket_id = %(ticket_id)s)
  and not exists (select from external_reference
                  where system_id = %(system)s and reference = %(reference)s and claim = 'live');

-- name: claim_reference
-- Of the ticket as a whole; the backstop is the unique index on live claims.
insert into external_reference (system_id, reference, ticket_id, created, changed)
select %(system)s, %(reference)s, %(ticket_id)s, %(now)s, %(now)s
where not exists (select from external_reference
                  where system_id = %(system)s and reference = %(reference)s
                    and ticket_id = %(ticket_id)s);

-- name: drop_claims
-- The field was emptied or has another value; what a partner gave for a task stays.
delete from external_reference
where ticket_id = %(ticket_id)s and task_id is null and reference <> %(reference)s;

-- name: values_of_fields
-- What a change is compared with.
select field_id, array_agg(vt order by position) from ticket_field
where ticket_id = (select id from ticket where guid = %(guid)s)
  and field_id = any(%(fields)s::bigint[])
group by field_id;

-- name: clear_fields
-- A field is replaced as a whole: values of one that had several may be fewer now.
delete from ticket_field where ticket_id = %(ticket_id)s and field_id = any(%(fields)s::bigint[]);

-- name: fill_fields
-- All values of a change in one statement.
insert into ticket_field (ticket_id, field_id, position, vt, vn, vd)
select %(ticket_id)s, sent.field, sent.position, sent.vt, sent.vn, sent.vd
from jsonb_to_recordset(%(values)s::jsonb)
  as sent(field bigint, position smallint, vt text, vn numeric, vd timestamptz);

-- name: service_offered
-- A service without rows is offered to everybody.
select not exists (select from service_customer_user where service_id = %(service)s)
  or exists (select from service_customer_user
             where service_id = %(service)s and customer_user_id = %(customer_user)s::bigint);

-- name: sla_fits
-- An SLA is for the services it names.
select exists (select from sla_service where sla_id = %(sla)s and service_id = %(service)s);

-- name: address_of_queue
-- Who writes where the caller names no sender, and what stands below.
select system_address, system_name, signature from queue where id = %(queue)s;

-- name: add_whole_articles
-- All articles of a call at once, with ids set aside before. The ticket's row is locked, or new.
insert into article (ticket_id, id, guid, number, plain, html, visible, is_description, channel,
  sender_type, from_, reply_to, to_, cc, bcc, subject, mime_type, charset, message_id, in_reply_to,
  refs, signature, created, created_by, changed, changed_by)
select %(ticket_id)s, sent.id, sent.guid,
  coalesce((select max(number) from article where ticket_id = %(ticket_id)s), 0) + sent.n,
  sent.plain, sent.html, sent.visible, sent.is_description, sent.channel, sent.sender_type,
  sent.sender, sent.reply_to, sent."to", sent.cc, sent.bcc, sent.subject, sent.mime_type,
  sent.charset, sent.message_id, sent.in_reply_to, sent.refs, sent.signature, %(now)s, %(agent)s,
  %(now)s, %(agent)s
from jsonb_to_recordset(%(articles)s::jsonb) as sent(n int, id bigint, guid uuid, plain text,
  html text, visible boolean, is_description boolean, channel text, sender_type text, sender text,
  reply_to text, "to" text, cc text, bcc text, subject text, mime_type text, charset text,
  message_id text, in_reply_to text, refs text, signature text)
order by sent.n;

-- name: add_files_of_articles
-- Their contents follow by guid (add_contents).
insert into attachment (ticket_id, guid, article_id, name, file_name, visible, content_type,
  disposition, content_id, size, sha256, created, created_by, changed)
select %(ticket_id)s, guid, article, file_name, file_name, visible, content_type, disposition,
  content_id, size, decode(sha256, 'hex'), %(now)s, %(agent)s, %(now)s
from jsonb_to_recordset(%(files)s::jsonb) as sent(n int, guid uuid, article bigint, file_name text,
  visible boolean, content_type text, disposition text, content_id text, size bigint, sha256 text)
order by n;

-- name: add_time_units
-- Units are what was said, not the time between two moments.
insert into working_time (ticket_id, article_id, executor_id, started, ended, minutes, created,
  created_by, changed)
select %(ticket_id)s, article, coalesce(%(agent)s::bigint, 1), %(now)s, %(now)s, units, %(now)s,
  coalesce(%(agent)s::bigint, 1), %(now)s
from jsonb_to_recordset(%(units)s::jsonb) as sent(article bigint, units numeric)
order by article;

-- name: whole_tickets
-- All fields of tickets with the names of what they refer to, for a reader who judges rights.
select t.id, t.merged_into_id, t.number, t.title,
  (select array[group_id::text, path_en] from queue where id = t.queue_id), t.queue_id, t.lock,
  coalesce(t.owner_id, 1), (select login from agent where id = coalesce(t.owner_id, 1)),
  coalesce(t.responsible_id, 1),
  (select login from agent where id = coalesce(t.responsible_id, 1)),
  t.priority_id, (select array[en, color] from priority where id = t.priority_id),
  t.state_id, (select array[en, state_type] from state where id = t.state_id),
  coalesce(t.type_id, 1), (select en from type where id = coalesce(t.type_id, 1)),
  t.service_id, (select en from service where id = t.service_id),
  t.sla_id, (select en from sla where id = t.sla_id),
  t.customer_id, coalesce((select key from customer where id = t.customer_id), t.customer_key, ''),
  t.customer_user_id,
  coalesce((select login from customer_user where id = t.customer_user_id), t.customer_address, ''),
  t.archived, t.created, coalesce(t.created_by, 1), t.changed, coalesce(t.changed_by, 1),
  t.pending_until,
  (select coalesce(sum(minutes), 0) from working_time where ticket_id = t.id),
  greatest(t.created, (select max(created) from article where ticket_id = t.id),
           (select max(created) from history where ticket_id = t.id and kind = 'lock')),
  t.escalation_first_response, t.escalation_update, t.escalation_solution, t.closed,
  case when %(extended)s then coalesce(t.first_lock, (
    select min(created) from history where ticket_id = t.id and kind = 'lock' and new = 'lock'))
    end,
  case when %(extended)s then coalesce(t.first_response, (
    select min(created) from article
    where ticket_id = t.id and visible and sender_type = 'agent' and number > 1)) end,
  case when %(extended)s then (
    select array[coalesce(s.first_response_min, q.first_response_min)::text,
                 coalesce(s.solution_min, q.solution_min)::text,
                 coalesce(s.first_response_notify, q.first_response_notify)::text,
                 coalesce(s.update_notify, q.update_notify)::text,
                 coalesce(s.solution_notify, q.solution_notify)::text]
    from queue q left join sla s on s.id = t.sla_id where q.id = t.queue_id) end
from ticket t
where t.id = any(%(ids)s::bigint[]);

-- part: shown_articles
-- The articles a reader asked for: those it may see, the first or last of each ticket.
with shown as (
  select a.ticket_id, a.id, a.number from (
    select x.ticket_id, x.id, x.number, row_number() over (
      partition by x.ticket_id
      order by case when %(newest)s then -x.number else x.number end) as place
    from article x
    where x.ticket_id = any(%(ids)s::bigint[]) and (x.visible or not %(visible_only)s)
      and (cardinality(%(senders)s::text[]) = 0 or x.sender_type = any(%(senders)s::text[]))) a
  where a.place <= %(limit)s)

-- part: whole_articles
-- Texts beyond what one answer can hold are left out of the reading, and the whole answer is
-- refused; how long a text is stands beside it, so it is not fetched for that.
select r.total, r.ticket_id, r.id, r.number,
  case when r.total <= %(most_text)s then r.plain else '' end,
  case when r.total <= %(most_text)s then r.html else '' end,
  r.visible, r.channel, r.sender_type, r.from_,
  r.reply_to, r.to_, r.cc, r.bcc, r.subject, r.mime_type, r.charset, r.message_id, r.in_reply_to,
  r.refs, r.signature, r.created, coalesce(r.created_by, 1), r.changed, coalesce(r.changed_by, 1),
  (select coalesce(sum(minutes), 0) from working_time w
   where w.ticket_id = r.ticket_id and w.article_id = r.id)
from (
  select a.*, sum(octet_length(a.plain) + octet_length(a.html)) over () as total
  from shown s join article a on a.ticket_id = s.ticket_id and a.id = s.id) r
order by r.ticket_id, case when %(newest)s then -r.number else r.number end
limit 100000;

-- part: whole_files
-- Files of the ticket itself hang on its first article. Contents beyond what one answer can hold
-- are left out of the reading, and the whole answer is refused.
select a.ticket_id, a.shown, a.file_name, a.content_type, a.disposition, a.content_id, a.size,
  a.total,
  case when %(contents)s and a.total <= %(most)s then (
    select content from attachment_content c
    where c.ticket_id = a.ticket_id and c.attachment_id = a.id) end
from (
  select x.ticket_id, x.id, s.id as shown, x.file_name, x.content_type, x.disposition,
    x.content_id, x.size, sum(x.size) over () as total
  from attachment x
  join shown s on s.ticket_id = x.ticket_id and (s.id = x.article_id
    or x.article_id is null and s.number = (
      select min(number) from article f where f.ticket_id = x.ticket_id))
  where x.ticket_id = any(%(ids)s::bigint[]) and (x.visible or not %(visible_only)s)) a
order by a.ticket_id, a.shown, a.id
limit 100000;

-- name: whole_fields
-- Every field of tickets, with the values of each ticket that has some.
select f.name, f.field_type, v.ticket_id, v.texts
from dynamic_field f
left join (select ticket_id, field_id, array_agg(vt order by position) as texts from ticket_field
           where ticket_id = any(%(ids)s::bigint[]) group by ticket_id, field_id) v
  on v.field_id = f.id
where f.active
order by f.name collate "C"
limit 100000;

-- name: references_of_tickets
-- A field can show only one: the ticket's own, the main task's, else that of the first task.
select distinct on (r.ticket_id) r.ticket_id, r.reference
from external_reference r
left join task k on k.ticket_id = r.ticket_id and k.id = r.task_id
where r.ticket_id = any(%(ids)s::bigint[])
order by r.ticket_id, r.task_id is not null, k.main desc nulls last, r.task_id, r.id desc;

-- name: whole_history
-- With the names that stand in the lines of other dialects as ids.
select h.ticket_id, h.id, h.created, coalesce(h.agent_id, 1), h.kind, h.text, h.old, h.new,
  h.old_id, h.new_id, coalesce(h.article_id, 0), h.queue_id, h.state_id, coalesce(h.owner_id, 1),
  h.priority_id, coalesce(h.type_id, 1),
  case h.kind
    when 'created' then (select path_en from queue where id = h.queue_id)
    when 'owner' then (select login from agent where id = h.new_id)
    when 'responsible' then (select login from agent where id = h.new_id)
    when 'customer' then (select key from customer where id = h.new_id)
    when 'customer_user' then (select login from customer_user where id = h.new_id)
    when 'priority' then (select en from priority where id::text = h.new) end,
  case h.kind
    when 'created' then (select p.en || '%%%%' || s.en from priority p, state s
                         where p.id = h.priority_id and s.id = h.state_id)
    when 'customer' then (select key from customer where id = h.old_id)
    when 'customer_user' then (select login from customer_user where id = h.old_id)
    when 'priority' then (select en from priority where id::text = h.old) end
from history h
where h.ticket_id = any(%(ids)s::bigint[])
order by h.ticket_id, h.id
limit 100001;

-- name: hold_mail
-- A missing row cannot be locked; this lets only one reader at a time judge a mail.
select pg_advisory_xact_lock(hashtextextended('mail' || chr(31) || %(key)s::text, 0));

-- name: known_mail
-- What became of it the first time.
select m.outcome, m.code, m.event_guid, m.ticket_id from mail m where m.message_id = %(key)s;

-- name: mailed_task
-- The task of a number, with the partner it is or last was with, that partner's number for it, and
-- who may write about it.
select k.id, p.id, p.name, coalesce((
    select r.reference from external_reference r
    where r.system_id = p.system_id and r.ticket_id = k.ticket_id
      and (r.task_id = k.id or r.task_id is null and k.main)
    order by r.id desc limit 1), ''), g.allowed_senders
from task k
left join agent_group g on g.id = k.external_group_id
left join partner p on p.id = g.partner_id
where k.id = %(id)s;

-- name: mailed_tasks_of_reference
-- For each partner the task it means by its number: an open one, else the one closed last.
select distinct on (p.id) k.id, p.id, p.name, r.reference, g.allowed_senders
from external_reference r
join task k on k.id = r.task_id or r.task_id is null and k.ticket_id = r.ticket_id and k.main
join agent_group g on g.id = k.external_group_id
join partner p on p.id = g.partner_id and p.system_id = r.system_id
where r.reference = %(reference)s
order by p.id, k.state = 'Closed', k.closed desc, r.id desc
limit 100;

-- name: mailed_ticket
-- Of a merged ticket the surviving one; a removed one is none.
with recursive chain(id, next) as (
  select id, merged_into_id from ticket where number = %(number)s
  union select t.id, t.merged_into_id from chain join ticket t on t.id = chain.next)
select t.guid from chain join ticket t on t.id = chain.id join state s on s.id = t.state_id
where chain.next is null and s.state_type <> 'removed'
limit 1;

-- name: mail_person
-- A customer user by address or login, else an agent by login; each branch enters an index.
select u.guid, u.id, null::bigint, u.email from customer_user u
where u.active and lower(u.email) = %(address)s
union all
select u.guid, u.id, null, u.email from customer_user u where u.active and u.login = %(login)s
union all
select null, null, a.id, a.email from agent a
where a.active and lower(a.login) = lower(%(login)s)
order by 3 nulls first, 2
limit 1;

-- name: add_mail_article
-- The ticket's row is locked by the unit, so the next number is free.
insert into article (ticket_id, guid, number, plain, html, visible, channel, sender_type, from_, to_,
  cc, subject, message_id, in_reply_to, refs, created, created_by, changed, changed_by)
select %(ticket_id)s, %(guid)s,
  coalesce((select max(number) from article where ticket_id = %(ticket_id)s), 0) + 1,
  %(plain)s, %(html)s, true, 'Email', 'customer', %(sender)s, %(to)s, %(cc)s, %(subject)s,
  %(message_id)s, %(in_reply_to)s, %(references)s, %(now)s, %(by)s, %(now)s, %(by)s;

-- name: record_mail
-- A mail that was refused or ignored before may be judged anew; the later judgement stands.
insert into mail (mailbox_id, uid_validity, uid, message_id, received, sender, recipient, subject,
  body, has_attachments, outcome, code, event_guid, ticket_id)
values ((select id from mailbox where name = %(mailbox)s), %(uid_validity)s, %(uid)s, %(key)s,
  %(received)s, %(sender)s, %(recipient)s, %(subject)s, %(body)s, %(has_attachments)s, %(outcome)s,
  %(code)s, %(event)s, %(ticket_id)s)
on conflict (message_id) do update set
  outcome = excluded.outcome, code = excluded.code, event_guid = excluded.event_guid,
  ticket_id = excluded.ticket_id;

-- name: note_poll
-- How far a mailbox was read, or why not.
insert into mailbox (name, uid_validity, last_uid, last_polled, last_error)
values (%(mailbox)s, %(uid_validity)s, %(uid)s, %(now)s, %(error)s)
on conflict (name) do update set
  last_uid = case when excluded.uid_validity is null then mailbox.last_uid
                  when excluded.uid_validity = mailbox.uid_validity
                  then greatest(mailbox.last_uid, excluded.last_uid) else excluded.last_uid end,
  uid_validity = coalesce(excluded.uid_validity, mailbox.uid_validity),
  last_polled = excluded.last_polled, last_error = excluded.last_error;

-- name: mailboxes
-- As many as anybody could configure.
select name, last_polled, last_error from mailbox order by name limit 500;

-- name: refused_mails
-- Refused ones belong to no ticket, so the index of the mail monitor serves.
select m.id, coalesce(b.name, ''), m.received, m.sender, m.recipient, m.subject, m.code
from mail m left join mailbox b on b.id = m.mailbox_id
where m.ticket_id is null and m.outcome = 'refused'
  and (%(before)s::bigint is null or (m.received, m.id) < (
    select received, id from mail where id = %(before)s::bigint))
order by m.received desc, m.id desc
limit %(most)s;

-- name: creations_settled
-- Ids are given before they are committed, so a ticket in creation may have a lower one than a
-- ticket that is listed already, and whoever goes on behind that would never see it. Each creation
-- holds a lock that bears an id below its own (insert_ticket). Looked at in this order: the highest
-- id, these locks, and in a statement of its own, so with a later view, the tickets.
select set_config('gateway.settled', least(newest.last_value, held.lowest)::text, true)
from ticket_id_seq newest
cross join lateral (
  select min(((l.classid::bigint & 255) << 32) | l.objid::bigint) as lowest
  from pg_locks l
  where l.locktype = 'advisory' and l.objsubid = 1 and l.classid::bigint >> 8 = 21579
    and l.database = (select oid from pg_database where datname = current_database())
    and newest.last_value > 0) held;

-- name: customer_there
-- A customer without tickets has a list, one that does not exist has none.
select 1 from customer where id = %(id)s::bigint;

-- part: cards_of_page
-- Lists of states and queues as arrays: a join would be one more thing to get wrong in the plan,
-- which is a walk by id behind the last one seen, or by the time asked for where that is shorter.
with chosen as materialized (
  select t.* from ticket t
  where t.id > %(after)s::bigint and t.id <= current_setting('gateway.settled')::bigint
    and t.state_id = any(array(select id from state where state_type not in ('removed', 'merged')))
    and t.queue_id = any(array(select id from queue where group_id = any(%(groups)s::bigint[])))

-- part: cards_of_customer
-- Of one customer.
    and t.customer_id = %(customer)s::bigint

-- part: cards_created
-- Made since then.
    and t.created >= %(created_since)s

-- part: cards_changed
-- Changed since then; making one is a change.
    and t.changed >= %(changed_since)s

-- part: cards_in_order
-- One more than wanted tells whether there are more.
  order by t.id limit %(limit)s)

-- part: cards_of_id
-- A merged ticket stands for the one it lives on in.
with chosen as materialized (
  select t.* from ticket t
  where t.id = (
      with recursive chain(id, next) as (
        select x.id, x.merged_into_id from ticket x where x.id = %(id)s::bigint
        union select x.id, x.merged_into_id from chain join ticket x on x.id = chain.next)
      select id from chain where next is null limit 1)
    and t.state_id = any(array(select id from state where state_type <> 'removed'))
    and t.queue_id = any(array(select id from queue where group_id = any(%(groups)s::bigint[]))))

-- part: cards_of_guid
-- Of a ticket that is locked; whether it may be seen is judged by its fields.
with chosen as materialized (select t.* from ticket t where t.guid = any(%(guids)s::uuid[]))

-- part: cards
-- Texts are long: the page ends, too, with the one that reaches 8 MiB, so no answer is endless.
-- Their sizes are known without reading them.
, sized as (
  select c.*, a.plain, sum(octet_length(a.plain)) over (
    order by c.id rows between unbounded preceding and 1 preceding) as before,
    count(*) over () as found
  from chosen c left join lateral (
    select x.plain from article x where x.ticket_id = c.id and x.kind <> 'log'
    order by x.created desc, x.number desc limit 1) a on true)
select t.id, t.guid, t.version, q.group_id, s.state_type, t.customer_id,
  (select en from type where id = t.type_id), s.en,
  (select en from priority where id = t.priority_id),
  coalesce(t.customer_address, (
    select coalesce(nullif(email, ''), case when position('@' in login) > 0 then login end)
    from customer_user where id = t.customer_user_id)),
  t.title, coalesce(t.plain, ''), (select login from agent where id = t.owner_id),
  array(select a.login from ticket_agent m join agent a on a.id = m.agent_id
        where m.ticket_id = t.id order by m.position limit 1000),
  q.path_en,
  array(select f.path_en from ticket_queue m join queue f on f.id = m.queue_id
        where m.ticket_id = t.id order by m.position limit 1000),
  array(select p.name from ticket_partner m join partner p on p.id = m.partner_id
        where m.ticket_id = t.id order by m.position limit 1000),
  t.created, t.follow_up, t.action_required, t.found
from sized t join state s on s.id = t.state_id join queue q on q.id = t.queue_id
where coalesce(t.before, 0) < 8388608
order by t.id;

-- name: ticket_and_target
-- A merged ticket stands for the one it lives on in.
with recursive chain(id, guid, next, place) as (
  select x.id, x.guid, x.merged_into_id, 1 from ticket x where x.id = %(id)s::bigint
  union all select x.id, x.guid, x.merged_into_id, place + 1
  from chain join ticket x on x.id = chain.next where place < 1000)
select (select guid from chain where place = 1), guid from chain where next is null limit 1;

-- name: mentioned
-- Rows by name, whatever its case, by address or by id; which of them is meant the reader decides.
-- The address of a mentioned customer is looked for among its people, too.
with asked as materialized (
  select * from unnest(%(lists)s::text[], %(keys)s::text[], %(ids)s::bigint[])
    with ordinality as a(list, key, id, n))
select a.n::int, case when r.en = a.key then 'name' when lower(r.en) = lower(a.key) then 'any case'
    else 'id' end, r.en,
  array[r.id::text, r.guid::text, r.en, coalesce(r.de, r.en), r.active::text, '']
from asked a join type r on lower(r.en) = lower(a.key) or r.id = a.id where a.list = 'type'
union all
select a.n::int, case when r.en = a.key then 'name' when lower(r.en) = lower(a.key) then 'any case'
    else 'id' end, r.en,
  array[r.id::text, r.guid::text, r.en, coalesce(r.de, r.en), r.active::text, r.state_type]
from asked a join state r on lower(r.en) = lower(a.key) or r.id = a.id where a.list = 'state'
union all
select a.n::int, case when r.en = a.key then 'name' when lower(r.en) = lower(a.key) then 'any case'
    else 'id' end, r.en,
  array[r.id::text, r.guid::text, r.en, coalesce(r.de, r.en), r.active::text, '']
from asked a join priority r on lower(r.en) = lower(a.key) or r.id = a.id where a.list = 'priority'
union all
select a.n::int, case when r.path_en = a.key then 'name'
    when lower(r.path_en) = lower(a.key) then 'any case' else 'id' end, r.path_en,
  array[r.id::text, r.guid::text, r.path_en, r.path_de, r.active::text, r.group_id::text]
from asked a join queue r on lower(r.path_en) = lower(a.key) or r.id = a.id where a.list = 'queue'
union all
select a.n::int, case when r.name = a.key then 'name'
    when lower(r.name) = lower(a.key) then 'any case' else 'id' end, r.name,
  array[r.id::text, r.guid::text, r.name, r.name, r.active::text, '']
from asked a join partner r on lower(r.name) = lower(a.key) or r.id = a.id where a.list = 'partner'
union all
select a.n::int, case when r.login = a.key then 'name'
    when lower(r.login) = lower(a.key) then 'any case'
    when lower(r.email) = lower(a.key) then 'address' else 'id' end, r.login,
  array[r.id::text, r.guid::text, c, c, r.active::text, '']
from asked a join agent r
  on lower(r.login) = lower(a.key) or lower(r.email) = lower(a.key) and a.key <> '' or r.id = a.id
cross join coalesce(nullif(btrim(r.first_name || ' ' || r.last_name), ''), r.login) c
where a.list = 'agent'
union all
select a.n::int, 'id', r.name,
  array[r.id::text, r.guid::text, r.name, r.name, r.active::text, r.email]
from asked a join customer r on r.id = a.id where a.list = 'customer'
union all
select case when a.list = 'customer' then 0 else a.n end::int, 'address', r.login,
  array[r.id::text, r.guid::text, c, c, r.active::text, coalesce(r.customer_id::text, '')]
from asked a left join customer o on o.id = a.id and a.list = 'customer'
join customer_user r on lower(r.email) = lower(coalesce(o.email, a.key)) and r.email <> ''
  or r.email = '' and r.login = coalesce(o.email, a.key)
cross join coalesce(nullif(btrim(r.first_name || ' ' || r.last_name), ''), r.login) c
where a.list in ('customer', 'address')
limit 50000;

-- name: preset_type
-- As all of these: what may be chosen, page by page.
select id, en from type where active and id > %(after)s::bigint order by id limit %(limit)s;

-- name: preset_state
-- A ticket is merged and removed by commands of their own.
select id, en, state_type from state
where active and id > %(after)s::bigint and state_type not in ('merged', 'removed')
order by id limit %(limit)s;

-- name: preset_priority
-- Their ids are the five from very low to very high.
select id, en from priority where active and id > %(after)s::bigint order by id limit %(limit)s;

-- name: preset_agent
-- With the full name and address.
select id, login, coalesce(nullif(btrim(first_name || ' ' || last_name), ''), login), email
from agent where active and id > %(after)s::bigint order by id limit %(limit)s;

-- name: preset_queue
-- Those in which the caller may create.
select id, path_en from queue
where active and id > %(after)s::bigint and group_id = any(%(groups)s::bigint[])
order by id limit %(limit)s;

-- name: preset_partner
-- Not ourselves: no supplier.
select id, name from partner
where active and not internal and id > %(after)s::bigint order by id limit %(limit)s;

-- name: first_state
-- In the order the operator gave them.
select array[id::text, guid::text, en, coalesce(de, en), active::text, state_type] from state
where state_type = %(state_type)s and active order by position, id limit 1;

-- name: clear_agents
-- Apart from what follows: within one statement neither would see the other.
delete from ticket_agent where ticket_id = %(ticket_id)s;

-- name: put_agents
-- In the order given.
insert into ticket_agent (ticket_id, position, agent_id)
select %(ticket_id)s, n, id from unnest(%(ids)s::bigint[]) with ordinality as sent(id, n);

-- name: clear_queues
-- As clear_agents.
delete from ticket_queue where ticket_id = %(ticket_id)s;

-- name: put_queues
-- As put_agents.
insert into ticket_queue (ticket_id, position, queue_id)
select %(ticket_id)s, n, id from unnest(%(ids)s::bigint[]) with ordinality as sent(id, n);

-- name: clear_partners
-- As clear_agents.
delete from ticket_partner where ticket_id = %(ticket_id)s;

-- name: put_partners
-- As put_agents.
insert into ticket_partner (ticket_id, position, partner_id)
select %(ticket_id)s, n, id from unnest(%(ids)s::bigint[]) with ordinality as sent(id, n);

-- name: create_catalog_service
-- Its number is needed at once: its event names it.
insert into catalog_service (guid, unique_id, template_id, type_id, phase_id, created, changed)
values (%(guid)s, %(unique_id)s, %(template)s,
  (select id from catalog_service_type where name = %(type)s), %(phase)s, %(now)s, %(now)s)
returning id;

-- name: hold_catalog_relations
-- Of two units each could add a relation that is none too many, and both together a circle.
select pg_advisory_xact_lock(hashtextextended('ticket-gateway catalog relations', 0));

-- name: catalog_service_is_below
-- Nothing may become part of itself.
with recursive below as (
  select child_id from catalog_relation where parent_id = %(top)s
  union
  select r.child_id from catalog_relation r join below b on r.parent_id = b.child_id)
select exists (select from below where child_id = %(service)s);

-- name: hold_catalog_service
-- Calls on one service follow one another: the last one wins.
select id from catalog_service where guid = %(guid)s for no key update;

-- name: hold_catalog_service_of_request
-- A request is written under the lock of its service.
select id from catalog_service
where id = (select catalog_service_id from catalog_request where guid = %(request)s)
for no key update;

-- name: hold_catalog_services
-- Relatives of a service; always by id, so that two units do not wait for each other.
select id from catalog_service where id = any(%(ids)s::bigint[]) order by id for no key update;

-- name: catalog_services
-- Whole: rules are judged on all of it. Numbers travel as texts, for JSON's would lose digits.
select s.id, s.guid, s.unique_id, s.template_id,
  coalesce((select name from catalog_service_type where id = s.type_id), ''),
  s.phase_id, s.version, s.show_in_public, s.unpublished_changes, s.tags, s.removed,
  (select published from catalog_published where catalog_service_id = s.id),
  s.changed, s.service_id,
  (select jsonb_object_agg(language, jsonb_build_array(name, summary, description))
   from catalog_text where catalog_service_id = s.id),
  (select jsonb_agg(jsonb_build_array(part_id, language, vt, trim_scale(vn)::text, vd))
   from catalog_part_value where catalog_service_id = s.id),
  (select jsonb_agg(jsonb_build_array(l.code, p.unique_id,
     coalesce((select nullif(btrim(first_name || ' ' || last_name), '') from agent
               where unique_id = p.unique_id),
              (select nullif(btrim(first_name || ' ' || last_name), '') from customer_user
               where unique_id = p.unique_id), p.unique_id))
     order by l.position, p.created, p.unique_id)
   from catalog_person p join catalog_list l on l.id = p.list_id
   where p.catalog_service_id = s.id),
  (select jsonb_agg(jsonb_build_array(l.code, g.id, g.name) order by l.position, g.name)
   from catalog_group m join catalog_list l on l.id = m.list_id
   join agent_group g on g.id = m.group_id
   where m.catalog_service_id = s.id),
  (select jsonb_agg(jsonb_build_array(g.id, g.name) order by g.name)
   from catalog_support_group m join agent_group g on g.id = m.group_id
   where m.catalog_service_id = s.id),
  (select jsonb_agg(jsonb_build_array(o.id, o.guid) order by o.id)
   from catalog_relation r join catalog_service o on o.id = r.parent_id
   where r.child_id = s.id and o.removed is null),
  (select jsonb_agg(jsonb_build_array(o.id, o.guid) order by o.id)
   from catalog_relation r join catalog_service o on o.id = r.child_id
   where r.parent_id = s.id and o.removed is null),
  (select jsonb_agg(jsonb_build_object('name', name, 'contentType', content_type, 'size', size)
     order by id)
   from catalog_document where catalog_service_id = s.id),
  (select jsonb_build_array(guid, locks) from catalog_request
   where catalog_service_id = s.id and settled is null)
from catalog_service s
where s.guid = any(%(guids)s::uuid[]) or s.id = any(%(ids)s::bigint[])
  or s.id = (select catalog_service_id from catalog_request where guid = %(request)s::uuid)
order by s.id
limit 1000;

-- name: catalog_templates
-- Of the services that are read in the same round trip, or one by name; processes by their active
-- version.
select t.id, t.name, t.hidden, t.type_fixed, t.votes_needed, t.name_rule, t.option_required,
  t.data_to_send = 'minimal',
  (select jsonb_agg(jsonb_build_array(id, name, phase_type) order by position, id)
   from catalog_phase where template_id = t.id),
  (select jsonb_agg(jsonb_build_object('id', p.id, 'internal_name', p.internal_name,
     'name', p.name, 'type', p.part_type, 'language_dependent', p.language_dependent,
     'minimum', trim_scale(p.minimum)::text, 'maximum', trim_scale(p.maximum)::text,
     'decimals', p.decimals, 'content', p.content,
     'options', (select jsonb_agg(jsonb_build_array(code, label) order by position, code)
                 from catalog_part_option where part_id = p.id),
     'essential', (select jsonb_agg(phase_id) from catalog_part_essential where part_id = p.id))
     order by p.position, p.id)
   from catalog_part p where p.template_id = t.id and p.active),
  (select jsonb_agg(jsonb_build_array(code, label) order by position, code)
   from catalog_request_option where template_id = t.id),
  (select jsonb_agg(jsonb_build_array(c.trigger, p.name, v.version,
     coalesce(v.partner_id, (select id from partner where internal limit 1))))
   from catalog_trigger c join process p on p.id = c.process_id
   join process_version v on v.process_id = p.id and v.version = p.active_version
   where c.template_id = t.id)
from catalog_template t
where t.id in (
  select template_id from catalog_service
  where guid = any(%(guids)s::uuid[]) or id = any(%(ids)s::bigint[])
    or id = (select catalog_service_id from catalog_request where guid = %(request)s::uuid))
  or lower(t.name) = lower(%(template)s) and t.active
limit 1000;

-- name: catalog_mentioned
-- What a command names beside its service, with the short lists that rules need; one round trip.
select
  (select jsonb_agg(jsonb_build_array(unique_id, name)) from (
     select unique_id, coalesce(nullif(btrim(first_name || ' ' || last_name), ''), login) as name
     from agent where unique_id = any(%(persons)s::text[]) and active
     union all
     select unique_id, coalesce(nullif(btrim(first_name || ' ' || last_name), ''), login)
     from customer_user where unique_id = any(%(persons)s::text[]) and active) person),
  (select jsonb_build_array(id, name) from agent_group
   where lower(name) = lower(%(group)s) order by name = %(group)s desc, id limit 1),
  (select jsonb_agg(jsonb_build_array(id, code, label, kind = 'groups', single, approval)
     order by position, id)
   from catalog_list where active),
  array(select name from catalog_service_type where active order by position, name limit 1000),
  exists (select from catalog_service
          where lower(unique_id) = lower(%(unique_id)s) and guid <> all(%(guids)s::uuid[])),
  (select coalesce(unique_id, '') from agent where id = %(agent)s::bigint),
  array(select group_id from permission where agent_id = %(agent)s::bigint);

-- name: catalog_request
-- With the votes so far; by guid.
select r.id, r.guid, r.catalog_service_id, r.type, r.type_name, r.title, r.comments, r.option_code,
  r.option_label, r.state, r.can_be_cancelled, r.show_in_public, r.locks, coalesce(r.account_id, 0),
  r.requested_by, r.created, r.settled,
  (select jsonb_object_agg(voter, decision) from catalog_vote where request_id = r.id)
from catalog_request r
where r.guid = %(request)s;

-- name: may_vote_in_catalog
-- Members of the approval lists themselves, and those of the groups in them.
select exists (
    select from catalog_person
    where catalog_service_id = %(service)s and list_id = any(%(lists)s::bigint[])
      and unique_id = %(voter)s)
  or exists (
    select from catalog_group m
    join permission p on p.group_id = m.group_id
    join agent a on a.id = p.agent_id
    where m.catalog_service_id = %(service)s and m.list_id = any(%(lists)s::bigint[])
      and a.unique_id = %(voter)s and a.active);

-- name: put_catalog_service
-- The row of a working copy; the unit holds its lock.
update catalog_service set
  unique_id = %(unique_id)s,
  type_id = (select id from catalog_service_type where name = %(type)s),
  phase_id = %(phase)s, version = %(version)s, show_in_public = %(show_in_public)s,
  unpublished_changes = %(unpublished_changes)s, tags = %(tags)s::text[], removed = %(removed)s,
  service_id = %(entry)s, changed = %(now)s
where id = %(service)s;

-- name: put_catalog_texts
-- All languages that changed; one without any text has no row.
with given as (
  select * from unnest(%(languages)s::text[], %(names)s::text[], %(summaries)s::text[],
    %(descriptions)s::text[]) as g(language, name, summary, description)),
gone as (
  delete from catalog_text t using given g
  where t.catalog_service_id = %(service)s and t.language = g.language
    and g.name = '' and g.summary = '' and g.description = '')
insert into catalog_text (catalog_service_id, language, name, summary, description)
select %(service)s, language, name, summary, description from given
where name <> '' or summary <> '' or description <> ''
on conflict (catalog_service_id, language) do update
set name = excluded.name, summary = excluded.summary, description = excluded.description;

-- name: put_catalog_value
-- Exactly one of the three holds the value.
insert into catalog_part_value (catalog_service_id, part_id, language, vt, vn, vd)
values (%(service)s, %(part)s, %(language)s, %(text)s, %(number)s::numeric, %(moment)s)
on conflict (catalog_service_id, part_id, language) do update
set vt = excluded.vt, vn = excluded.vn, vd = excluded.vd;

-- name: clear_catalog_value
-- A cleared part has no row.
delete from catalog_part_value
where catalog_service_id = %(service)s and part_id = %(part)s and language = %(language)s;

-- name: list_catalog_person
-- Once, however often it is said.
insert into catalog_person (catalog_service_id, list_id, unique_id, created)
values (%(service)s, %(list)s, %(unique_id)s, %(now)s)
on conflict do nothing;

-- name: unlist_catalog_person
-- By unique id: the person may be gone.
delete from catalog_person
where catalog_service_id = %(service)s and list_id = %(list)s and unique_id = %(unique_id)s;

-- name: list_catalog_group
-- Once, however often it is said.
insert into catalog_group (catalog_service_id, list_id, group_id, created)
values (%(service)s, %(list)s, %(group)s, %(now)s)
on conflict do nothing;

-- name: unlist_catalog_group
-- Of one list.
delete from catalog_group
where catalog_service_id = %(service)s and list_id = %(list)s and group_id = %(group)s;

-- name: support_catalog_service
-- Once, however often it is said.
insert into catalog_support_group (catalog_service_id, group_id, created)
values (%(service)s, %(group)s, %(now)s)
on conflict do nothing;

-- name: unsupport_catalog_service
-- One group.
delete from catalog_support_group
where catalog_service_id = %(service)s and group_id = %(group)s;

-- name: clear_catalog_documents
-- A statement of its own: those that come in their place follow.
delete from catalog_document where catalog_service_id = %(service)s;

-- name: add_catalog_documents
-- In the order given.
insert into catalog_document (catalog_service_id, name, content_type, size, created)
select %(service)s, name, "contentType", size, %(now)s
from jsonb_to_recordset(%(documents)s) as d(name text, "contentType" text, size bigint);

-- name: touch_catalog_service
-- Lists, support groups, documents and relations are part of what is published.
update catalog_service set
  changed = %(now)s,
  unpublished_changes = exists (
    select from catalog_published where catalog_service_id = catalog_service.id)
where id = any(%(ids)s::bigint[]);

-- name: relate_catalog_services
-- Both rows are locked by the unit.
insert into catalog_relation (parent_id, child_id, created)
values (%(parent)s, %(child)s, %(now)s)
on conflict do nothing;

-- name: unrelate_catalog_services
-- One relation.
delete from catalog_relation where parent_id = %(parent)s and child_id = %(child)s;

-- name: note_catalog_service
-- A quality note, as it was written.
insert into catalog_quality_note (catalog_service_id, text, created_by, created, changed)
values (%(service)s, %(text)s, %(agent)s, %(now)s, %(now)s);

-- name: add_catalog_history
-- All lines of a unit at once.
insert into catalog_history (catalog_service_id, at, account_id, person, operation, field, language,
  old, new)
select %(service)s, %(now)s, %(account)s, %(person)s, %(operation)s, line.field, line.language,
  line.old, line.new
from jsonb_to_recordset(%(lines)s) as line(field text, language text, old text, new text);

-- name: publish_catalog_service
-- `published` says since when there is a copy, `changed` when this one was taken.
with history as (
  insert into catalog_publication (catalog_service_id, happening, version, at, account_id, person,
    copy)
  values (%(service)s, 'published', %(version)s, %(now)s, %(account)s, %(person)s, %(copy)s))
insert into catalog_published (catalog_service_id, version, copy, published, changed)
values (%(service)s, %(version)s, %(copy)s, %(now)s, %(now)s)
on conflict (catalog_service_id) do update
set version = excluded.version, copy = excluded.copy, changed = excluded.changed;

-- name: withdraw_catalog_service
-- The history keeps what was published.
with gone as (
  delete from catalog_published where catalog_service_id = %(service)s
  returning version)
insert into catalog_publication (catalog_service_id, happening, version, at, account_id, person)
select %(service)s, 'withdrawn', version, %(now)s, %(account)s, %(person)s from gone;

-- name: set_catalog_entry
-- The entry of the tickets' list that a catalog service is bound to.
update service set active = %(valid)s, changed = %(now)s where id = %(entry)s;

-- name: add_catalog_request
-- One open request a service: the index says so, too.
insert into catalog_request (guid, catalog_service_id, type, type_name, title, comments, option_code,
  option_label, state, can_be_cancelled, show_in_public, locks, account_id, requested_by, created,
  changed)
values (%(guid)s, %(service)s, %(type)s, %(type_name)s, %(title)s, %(comments)s, %(option_code)s,
  %(option_label)s, %(state)s, %(can_be_cancelled)s, %(show_in_public)s, %(locks)s, %(account)s,
  %(requested_by)s, %(now)s, %(now)s);

-- name: put_catalog_request
-- State and flags; the row of its service is locked.
update catalog_request set
  state = %(state)s, can_be_cancelled = %(can_be_cancelled)s, show_in_public = %(show_in_public)s,
  settled = %(settled)s, changed = %(now)s
where guid = %(guid)s;

-- name: put_catalog_vote
-- One vote a voter.
insert into catalog_vote (request_id, voter, decision, comments, at)
values (%(request)s, %(voter)s, %(decision)s, %(comments)s, %(now)s)
on conflict (request_id, voter) do update
set decision = excluded.decision, comments = excluded.comments, at = excluded.at;

-- name: add_catalog_log
-- By guid: the request may be written by the same unit.
insert into catalog_log (request_id, at, account_id, person, level, text)
select id, %(now)s, %(account)s, %(person)s, %(level)s, %(text)s
from catalog_request where guid = %(request)s;

-- name: add_catalog_event
-- The next number of its service and partner; the row of the service is locked by the unit.
insert into event (guid, service_id, partner_id, origin_partner_id, sequence, kind, app, agent_id,
  occurred, snapshot)
select %(guid)s, %(service)s, %(partner)s, %(origin)s,
  coalesce((select max(sequence) from event
            where service_id = %(service)s
              and partner_id is not distinct from %(partner)s::bigint), 0) + 1,
  %(kind)s, %(app)s, %(agent)s, %(now)s, %(snapshot)s;

-- name: catalog_published_page
-- Published copies as the public reads them; the total comes although the page may be empty.
with shown as (
  select p.copy, p.version, p.changed,
    coalesce(nullif(p.copy->'name'->>%(language)s, ''), p.copy->'name'->>%(default)s, '') as name,
    coalesce(nullif(p.copy->'summary'->>%(language)s, ''), p.copy->'summary'->>%(default)s, '')
      as summary
  from catalog_published p
  join catalog_service s on s.id = p.catalog_service_id
  join catalog_template t on t.id = s.template_id
  where s.removed is null
    and (%(everything)s::boolean or (p.copy->>'showInPublic')::boolean and not t.hidden)
    and (%(template)s = '' or lower(p.copy->>'template') = lower(%(template)s))
    and (%(type)s = '' or lower(p.copy->>'type') = lower(%(type)s))
    and (%(phase)s = '' or lower(p.copy->>'phase') = lower(%(phase)s))
    and (%(unique_id)s = '' or lower(p.copy->>'uniqueId') = lower(%(unique_id)s))
    and (%(tag)s = '' or exists (select from jsonb_array_elements_text(p.copy->'tags') g(tag)
                                 where lower(g.tag) = lower(%(tag)s)))
    and (%(since)s::timestamptz is null or p.changed >= %(since)s::timestamptz))
select counted.total, page.*
from (select count(*) as total from shown) counted
left join lateral (
  select (copy->>'guid')::uuid as guid, copy->>'uniqueId', name, summary, copy->>'type',
    copy->>'phase', copy->>'phaseType', copy->>'template', true, version, changed
  from shown
  order by lower(name), (copy->>'guid')::uuid
  limit %(size)s offset %(offset)s) page on true;

-- name: catalog_draft_page
-- Working copies, for those who may see them.
with shown as (
  select s.guid, s.unique_id, s.version, s.changed, t.name as template,
    coalesce(ty.name, '') as type, coalesce(h.name, '') as phase,
    coalesce(h.phase_type, '') as phase_type,
    coalesce(nullif(own.name, ''), base.name, '') as name,
    coalesce(nullif(own.summary, ''), base.summary, '') as summary,
    exists (select from catalog_published where catalog_service_id = s.id) as published
  from catalog_service s
  join catalog_template t on t.id = s.template_id
  left join catalog_service_type ty on ty.id = s.type_id
  left join catalog_phase h on h.id = s.phase_id
  left join catalog_text own on own.catalog_service_id = s.id and own.language = %(language)s
  left join catalog_text base on base.catalog_service_id = s.id and base.language = %(default)s
  where s.removed is null
    and (%(template)s = '' or lower(t.name) = lower(%(template)s))
    and (%(type)s = '' or lower(ty.name) = lower(%(type)s))
    and (%(phase)s = '' or lower(h.name) = lower(%(phase)s))
    and (%(unique_id)s = '' or lower(s.unique_id) = lower(%(unique_id)s))
    and (%(tag)s = '' or exists (select from unnest(s.tags) g(tag)
                                 where lower(g.tag) = lower(%(tag)s)))
    and (%(since)s::timestamptz is null or s.changed >= %(since)s::timestamptz))
select counted.total, page.*
from (select count(*) as total from shown) counted
left join lateral (
  select guid, unique_id, name, summary, type, phase, phase_type, template, published, version,
    changed
  from shown
  order by lower(name), guid
  limit %(size)s offset %(offset)s) page on true;

-- name: catalog_published_copy
-- One published copy, if this reader may see it.
select p.copy, p.published, p.changed
from catalog_service s
join catalog_template t on t.id = s.template_id
join catalog_published p on p.catalog_service_id = s.id
where s.guid = %(guid)s and s.removed is null
  and (%(everything)s::boolean or (p.copy->>'showInPublic')::boolean and not t.hidden);

-- name: catalog_relatives
-- Those of the services that this reader may see, by their names per language.
select s.guid, coalesce(p.copy->'name',
  (select jsonb_object_agg(language, name) from catalog_text where catalog_service_id = s.id),
  '{}'::jsonb)
from catalog_service s
join catalog_template t on t.id = s.template_id
left join catalog_published p on p.catalog_service_id = s.id
where s.guid = any(%(guids)s::uuid[]) and s.removed is null
  and (%(everything)s::boolean or (p.copy->>'showInPublic')::boolean and not t.hidden)
limit 5000;

-- name: catalog_open_requests
-- There is one at most; readers without draft right see it if it is to be shown.
select r.guid, r.type, r.type_name, r.title, r.state, r.created
from catalog_request r join catalog_service s on s.id = r.catalog_service_id
where s.guid = %(guid)s and r.settled is null and (%(everything)s::boolean or r.show_in_public)
limit 10;

-- name: catalog_history_of
-- The newest lines, with the account by name.
select h.at, coalesce(a.name, ''), h.person, h.operation, h.field, h.language, h.old, h.new
from catalog_history h left join account a on a.id = h.account_id
where h.catalog_service_id = %(service)s
order by h.id desc
limit 200;

-- name: catalog_requests_of
-- All requests of a service, the newest first.
select r.guid, r.type, r.type_name, r.title, r.state, r.created
from catalog_request r
where r.catalog_service_id = %(service)s
order by r.id desc
limit 100;

-- name: catalog_votes_of
-- In the order in which they were given.
select voter, decision, comments, at from catalog_vote where request_id = %(request)s
order by at, voter
limit 1000;

-- name: catalog_log_of
-- The newest lines, with the account by name.
select l.at, coalesce(a.name, ''), l.person, l.level, l.text
from catalog_log l left join account a on a.id = l.account_id
where l.request_id = %(request)s
order by l.id desc
limit 500;
