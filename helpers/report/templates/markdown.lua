-- Markdown fragments in, HTML and Typst out: one run of pandoc for a whole report.
-- Reads lines {"fragments": [{"text", "math", "prefix"}]} and writes a line for each: for each
-- fragment, a list of parts {"kind": "heading" | "body", "level", "plain", "html", "typst"}.
-- Each fragment is parsed by itself, so an open fence or quote cannot swallow the next one.

local BASE = "commonmark+pipe_tables+strikeout+footnotes+autolink_bare_uris-raw_html"
local MATH = BASE .. "+tex_math_dollars"
local SAFE_LINK = { ["http:"] = true, ["https:"] = true, ["mailto:"] = true }

local function quote_typst(text)
  local escaped = text:gsub("\\", "\\\\"):gsub('"', '\\"'):gsub("\r", ""):gsub("\n", "\\n")
  return '"' .. escaped .. '"'
end

-- Markup of another format is shown as the text it is; nothing is loaded from elsewhere.
local plain_text_only = {
  RawInline = function(el) return pandoc.Str(el.text) end,
  RawBlock = function(el) return pandoc.Para({ pandoc.Str(el.text) }) end,
  Image = function(el) return pandoc.Emph(el.caption) end,
  Link = function(el)
    local scheme = el.target:match("^%a[%w+.-]*:")
    if el.target:match("^#reference%-%d+$") then
      el.attributes = {}
      el.title = ""
      return el
    end
    if el.target:sub(1, 1) == "#" then
      return el.content
    end
    if scheme == nil or not SAFE_LINK[scheme:lower()] then
      return el.content
    end
    el.attributes = {}
    el.title = ""
    return el
  end,
}

-- A long word may be broken anywhere; a table of one would run off the sheet. An address that
-- fits on a line stays whole, so that it can be copied.
local function break_long_word(text)
  local length = utf8.len(text)
  local longest = (text:match("^doi:") or text:match("^https?:")) and 60 or 30
  if length == nil or length < longest then
    return text
  end
  local pieces = {}
  for start = 1, length, 20 do
    table.insert(pieces, pandoc.text.sub(text, start, start + 19))
  end
  return table.concat(pieces, utf8.char(0x200B))
end

-- PDF/UA wants words for every formula: its source.
local typst_math = {
  Math = function(el)
    local block = el.mathtype == "DisplayMath"
    local doc = pandoc.Pandoc({ pandoc.Plain({ pandoc.Math("InlineMath", el.text) }) })
    local source = pandoc.write(doc, "typst"):gsub("%s+$", "")
    if source:sub(1, 1) ~= "$" then
      return pandoc.Code(el.text)
    end
    local call = "#math.equation(block: " .. tostring(block) .. ", alt: "
      .. quote_typst(el.text) .. ", " .. source .. ")"
    return pandoc.RawInline("typst", call)
  end,
  Str = function(el)
    return pandoc.Str(break_long_word(el.text))
  end,
  Code = function(el)
    return pandoc.Code(break_long_word(el.text))
  end,
}

local function write_html(blocks, prefix)
  local options = pandoc.WriterOptions({
    html_math_method = "mathml",
    wrap_text = "none",
    identifier_prefix = prefix,
  })
  return pandoc.write(pandoc.Pandoc(blocks), "html", options)
end

local function write_typst(blocks)
  local doc = pandoc.Pandoc(blocks):walk(typst_math)
  return pandoc.write(doc, "typst-citations", pandoc.WriterOptions({ wrap_text = "none" }))
end

local function make_part(kind, level, blocks, prefix)
  return {
    kind = kind,
    level = level,
    plain = pandoc.utils.stringify(pandoc.Pandoc(blocks)),
    html = write_html(blocks, prefix),
    typst = write_typst(blocks),
  }
end

local function convert(fragment)
  local doc = pandoc.read(fragment.text .. "\n", fragment.math and MATH or BASE):walk(plain_text_only)
  local parts, body = {}, {}
  local function flush()
    if #body > 0 then
      table.insert(parts, make_part("body", 0, body, fragment.prefix))
      body = {}
    end
  end
  for _, block in ipairs(doc.blocks) do
    if block.t == "Header" then
      flush()
      local title = { pandoc.Plain(block.content) }
      table.insert(parts, make_part("heading", block.level, title, fragment.prefix))
    else
      table.insert(body, block)
    end
  end
  flush()
  return parts
end

for line in io.lines() do
  local answer = {}
  for number, fragment in ipairs(pandoc.json.decode(line, false).fragments) do
    answer[number] = convert(fragment)
  end
  io.write(pandoc.json.encode(answer), "\n")
  io.flush()
end
