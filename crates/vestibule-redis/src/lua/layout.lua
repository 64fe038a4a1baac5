-- The record of a session: a hash of
--   f  what stays: format, began, created, absolute end, public id, subject, count of scopes; the scopes; the label
--   m  what moves: idle end, last seen, version of the data, of the grant; whether there is a refresh hash, and the hash;
--      whether there is a lease, its holder and its end
--   a  attempts, if there are any: holder, refresh hash, end    g  grant    d  data
local FIXED, MOVING, ATTEMPT = '>BI8I8I8c16c32I2', '>I8I8I8I8Bc32Bc16I8', '>c16c32I8'
local FIXED_SIZE, MOVING_SIZE, ATTEMPT_SIZE = 75, 90, 56

local function check_layout(f, m)
  if f:byte() ~= 1 or #f < FIXED_SIZE or not m or #m ~= MOVING_SIZE then
    error('CORRUPT a record in another format')
  end
end

-- Why a session has ended, if it has.
local function why_over(key, scopes, began, absolute_end, idle_end)
  if covered(key, scopes, began) then
    return 'revoked'
  elseif now >= absolute_end then
    return 'expired'
  elseif now >= idle_end then
    return 'idle'
  end
end
