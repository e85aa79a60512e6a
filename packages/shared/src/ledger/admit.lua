#!lua
-- Lets one queued edit onto a lane, all or nothing: intent, slot, POST place, token, fingerprint, money. Must not admit
-- two edits whose lost answers could be confused, nor more than the lane allows.
--
-- KEYS[1]  the edit
-- ARGV[1]  JSON: prefix, version, and what the lane allows (`Admission` in admit.ts)
-- answers  { admitted, written, removed } as move.lua does; { wait, reason, ms }; or { lost }: somebody else moved it
local ask = cjson.decode(ARGV[1])
--- @include "enter-state"
--- @include "lane-room"
--- @include "tokens"

local edit = readRecord(KEYS[1])
if edit.fields.version ~= ask.version or edit.fields.state ~= 'queued' then return { 'lost' } end
local reason, ms = laneWait(ask)
if reason then return { 'wait', reason, ms } end
if redis.call('HEXISTS', key.uncertain(ask.lane), ask.fingerprint) == 1 then return { 'wait', 'uncertain', 200 } end
ms = takeToken(key.tokens('submit:' .. ask.lane), ask.submitIntervalMicros, 1)
if ms > 0 then return { 'wait', 'token', ms } end

put(edit, 'attempt', int((edit.fields.attempt or 0) + 1))
put(edit, 'lane', ask.lane)
put(edit, 'fingerprint', ask.fingerprint)
put(edit, 'intentAt', int(now))
put(edit, 'leaseUntil', int(now + ask.leaseMs))
put(edit, 'reserved', int(ask.costMicros))
if ask.world then put(edit, 'world', ask.world) else drop(edit, 'world') end
enterState(edit, 'submitting', { dueInMs = ask.leaseMs })
commit()
return { 'admitted', edit.written, edit.removed }
