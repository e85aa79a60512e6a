#!lua
-- Chooses the queued edit that a lane takes next and lets it onto the lane, all or nothing: intent, slot, POST place,
-- token, fingerprint, money, fair share. Must not admit two edits whose lost answers could be confused, nor more than the
-- lane allows, nor look at more than a handful of edits that may not go.
--
-- KEYS[1]  the edits of the lane's model that wait for a time
-- ARGV[1]  JSON: prefix, and what the lane allows (`LaneRoom` in admit.ts)
-- answers  { unknown, wanted, gone, producer, now }: nobody has told yet which day it is for a producer (know-producer.lua);
--          { admitted, wanted, gone, fields }: the edit's names and texts in turn; { wait, wanted, gone, reason, ms }:
--          what the lane waits for; or { empty, wanted, gone, ms }: no edit may go, and in how many milliseconds one may
--          (below 0: nobody can say). `wanted`: ids of edits to prepare; `gone`: of `ask.preparing`, those that went
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"
--- @include "lane-room"
--- @include "tokens"
--- @include "pick"
--- @include "look-ahead"
local mostAside = 20

wakeLater(ask.model)
local wanted, gone = lookAhead(ask)
local reason, ms = laneWait(ask)
-- where no answer names its prompt, an uncertain submit could be any
local uncertain = key.uncertain(ask.lane)
if not reason and not ask.echoesPrompt and redis.call('EXISTS', uncertain) == 1 then reason, ms = 'uncertain', 1000 end
if reason then return { 'wait', wanted, gone, reason, ms } end
local name, class, edit, cost
local currency = ask.currency or 'CNY'
local aside = 0
repeat
  -- what a person paused after it had joined; the rest of a large batch goes with the next calls
  if aside > mostAside then return { 'empty', wanted, gone, 1 } end
  aside = aside + 1
  name, class = pick(ask)
  edit = name and readRecord(name)
  local heldBack = edit and isHeldBack(edit.fields)
  if edit and not heldBack then
    local producer = edit.fields.producer
    if not dayOf(producer) then return { 'unknown', wanted, gone, producer, int(now) } end
    cost = ask.priceMicros * edit.fields.n
    heldBack = stopAtCap(edit.fields, currency, cost)
    -- what was stopped with it is taken out like what was stopped before
    if heldBack then isHeldBack(edit.fields) end
  end
  -- another may be the first of its class now
  if heldBack then heads = {} end
until not heldBack
if not edit then
  -- `class` says then whether an uncertain submit holds one back
  if class then return { 'wait', wanted, gone, 'uncertain', 1000 } end
  return { 'empty', wanted, gone, msUntilLater(ask.model) }
end
ms = takeToken(key.tokens('submit:' .. ask.lane), ask.submitIntervalMicros, 1)
if ms > 0 then return { 'wait', wanted, gone, 'token', ms } end

local fields = edit.fields
put(edit, 'attempt', int((fields.attempt or 0) + 1))
put(edit, 'lane', ask.lane)
put(edit, 'fingerprint', ask.echoesPrompt and fields.alike or 'any')
put(edit, 'intentAt', int(now))
put(edit, 'leaseUntil', int(now + ask.leaseMs))
put(edit, 'reserved', int(cost))
put(edit, 'day', (dayOf(fields.producer)))
drop(edit, 'putBack')
if currency == 'CNY' then drop(edit, 'currency') else put(edit, 'currency', currency) end
if ask.world then put(edit, 'world', ask.world) else drop(edit, 'world') end
if fields.travels then redis.call('ZREM', key.preparing(ask.lane), fields.id) end
put(edit, 'charged', int(noteTurn(ask.model, class, fields)))
enterState(edit, 'submitting', { dueInMs = ask.leaseMs })
commit()
local flat = {}
for field, text in pairs(fields) do
  flat[#flat + 1] = field
  flat[#flat + 1] = text
end
return { 'admitted', wanted, gone, flat }
