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

-- name: settle_message_quietly
-- The same for a unit that changed nothing else: it does not wait for the disk.
with quiet as materialized (select set_config('synchronous_commit', 'off', true))
update message set
  stage = 6, outcome = 1, settled = %(now)s, ticket_id = %(ticket_id)s,
  account_id = %(account_id)s, operation = %(operation)s
from quiet
where number = %(number)s
  and received between %(now)s::timestamptz - interval '1 hour'
                   and %(now)s::timestamptz + interval '1 hour';

-- name: find_account
-- One statement on every call: the account, its secrets, its person, its rights with the names of
-- the groups. An agent's account has the agent's keys and its own.
select a.id, a.name, a.kind, a.version, a.agent_id, g.guid, a.customer_user_id,
  coalesce(a.customer_id, u.customer_id), a.partner_id,
  coalesce(nullif(btrim(g.first_name || ' ' || g.last_name), ''), g.login,
           nullif(btrim(u.first_name || ' ' || u.last_name), ''), u.login, ''),
  a.active and coalesce(g.active, true) and coalesce(u.active, true),
  array(select s.hash from account_secret s
        where s.account_id = a.id and s.kind = 'password'
          and (s.expires is null or s.expires > now())
        order by s.id desc limit 4),
  r.groups, r.keys, r.names
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
where a.name = %(name)s;

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

-- name: count_failures
-- Both counts that throttle a login, in one look.
select (select count(*) from login_failure
        where name = %(name)s and at > now() - %(window_s)s::float8 * interval '1 second'),
       (select count(*) from login_failure
        where peer = %(peer)s and at > now() - %(window_s)s::float8 * interval '1 second');

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
  (select array[id::text, guid::text, name, name, active::text, '']
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
  coalesce((select html from article where ticket_id = t.id and is_description), '')
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
-- Apart from all other writes of a creation, since they need the id.
insert into ticket (guid, number, title, keywords, state_id, priority_id, type_id, category_id,
  queue_id, service_id, sla_id, impact_id, resolution_id, lock, owner_id, assigned_group_id,
  responsible_id, customer_id, customer_user_id, customer_address, template_id, pending_until,
  follow_up, action_required, closed, archived, created, created_by, changed, changed_by)
values (%(guid)s, %(number)s, %(title)s, %(keywords)s, %(state)s, %(priority)s, %(type)s,
  %(category)s, %(queue)s, %(service)s, %(sla)s, %(impact)s, %(resolution)s, %(lock)s, %(owner)s,
  %(assigned_group)s, %(responsible)s, %(customer)s, %(customer_user)s, %(customer_address)s,
  %(template)s, %(pending_until)s, %(follow_up)s, %(action_required)s, %(closed)s, %(archived)s,
  %(now)s, %(agent)s, %(now)s, %(agent)s)
returning id;

-- name: update_ticket
-- Always all columns: one prepared statement, and unchanged values cost no index and no check.
update ticket set
  title = %(title)s, keywords = %(keywords)s, state_id = %(state)s, priority_id = %(priority)s,
  type_id = %(type)s, category_id = %(category)s, queue_id = %(queue)s, service_id = %(service)s,
  sla_id = %(sla)s, impact_id = %(impact)s, resolution_id = %(resolution)s, lock = %(lock)s,
  owner_id = %(owner)s, assigned_group_id = %(assigned_group)s, responsible_id = %(responsible)s,
  customer_id = %(customer)s, customer_user_id = %(customer_user)s,
  customer_address = %(customer_address)s, template_id = %(template)s,
  pending_until = %(pending_until)s, follow_up = %(follow_up)s,
  action_required = %(action_required)s, closed = %(closed)s, archived = %(archived)s,
  version = version + 1, changed = %(now)s, changed_by = %(agent)s
where id = %(id)s;

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
select r.id, r.guid, r.ticket_id, r.plain, r.html, r.kind, r.visible,
  (select array[id::text, guid::text, n, n, active::text, ''] from agent, coalesce(
    nullif(btrim(first_name || ' ' || last_name), ''), login) n where id = r.created_by),
  r.channel, r.from_, r.to_, r.cc, r.signature, r.subject, r.is_description, r.created, r.changed
from article r
where r.ticket_id = %(ticket_id)s and not r.is_description
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
union all select 'group', id, guid, name, name, name, active, '' from agent_group
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
select c.guid, p.guid, c.en, coalesce(c.de, c.en), c.path_en, c.path_de
from category c left join category p on p.id = c.parent_id
where c.active
order by c.path_en collate "C", c.id
limit 5000;

-- name: resolutions
-- Order by bytes, as categories.
select guid, en, coalesce(de, en) from resolution
where active
order by en collate "C", id
limit 5000;

-- name: assignable
-- Agents, then groups; the roles are gathered after the limit, so they cost what is shown.
with who as (
  (select false as is_group, a.id, n collate "C" as name
   from agent a, coalesce(nullif(btrim(first_name || ' ' || last_name), ''), login) n
   where a.active and exists (
     select from permission p
     where p.agent_id = a.id and p.key = 'rw' and p.group_id = any(%(groups)s::bigint[])))
  union all
  (select true, g.id, g.name collate "C" from agent_group g
   where g.active and g.id = any(%(groups)s::bigint[]))
  order by 1, 3, 2
  limit 5001)
select w.is_group, coalesce(a.guid, g.guid), w.name, coalesce(g.description, ''),
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
  old_id, new_id, queue_id, state_id, owner_id, priority_id, type_id, message)
select %(ticket_id)s, %(now)s, %(agent)s, %(actor)s, %(dialect)s, %(operation)s, line.*,
  %(queue)s, %(state)s, %(owner)s, %(priority)s, %(type)s, %(message)s
from jsonb_to_recordset(%(lines)s::jsonb)
  as line(kind text, text text, old text, new text, old_id bigint, new_id bigint);

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
-- Failed ones stay until somebody decides.
with gone as (
  delete from delivery where id in (
    select id from delivery
    where state in ('done', 'dropped') and settled < now() - make_interval(days => %(days)s)
    limit 1000)
  returning 1)
select count(*) from gone;
