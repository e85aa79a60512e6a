-- Whether a lane has room, whatever edit may ask for it. Changes nothing.

-- nil, or what the lane waits for and for how many milliseconds at most (below 0: nobody can say).
local function laneWait(ask)
  local lanePause, bucketPause, stop = key.pause(ask.lane), key.pause('bucket'), key.stop(ask.lane)
  if redis.call('EXISTS', lanePause, bucketPause, stop) > 0 then
    -- whoever ends it tells
    if redis.call('EXISTS', stop) == 1 then return 'paused', 1000 end
    local ms = redis.call('PTTL', lanePause)
    if ms ~= -2 then return 'paused', ms end
    return 'bucket', redis.call('PTTL', bucketPause)
  end
  if redis.call('ZCARD', key.rendered) >= ask.maxCopyBacklog then return 'copies', 1000 end
  if redis.call('ZCARD', key.running(ask.lane)) >= ask.running then return 'slot', 1000 end
  if redis.call('ZCARD', key.posting(ask.lane)) >= ask.posting then return 'posting', 200 end
  return nil
end
