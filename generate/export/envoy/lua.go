package envoy

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/generate/export"
)

// word is a text of a Lua program: names of cookies and parameters and clone IDs hold neither quotes nor backslashes.
func word(text string) string { return `"` + text + `"` }

// homeFilter is the name of the filter with homeProgram. A program gets the metadata of a route that stand under its
// filter's name; older versions look under this name alone.
const homeFilter = "envoy.filters.http.lua"

// lua writes a filter with a program.
func (w *writer) lua(name, program string) {
	w.line(5, "- name: %s", name)
	w.line(6, "typed_config:")
	w.line(7, "'@type': type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua")
	w.line(7, "default_source_code:")
	w.line(8, "inline_string: |")
	for line := range strings.Lines(program) {
		w.out.WriteString(strings.TrimRight(strings.Repeat("  ", 9)+strings.TrimRight(line, "\n"), " ") + "\n")
	}
}

// readProgram drops clients' private headers and tells the routes host, port and path as they are compared (R5 to R8,
// R14).
// A client's own place header is replaced, as h:replace sets it for every request. clearRouteCache has Envoy choose
// the route again, by what the program has set.
func (w *writer) readProgram(l export.Listen, tls bool) string {
	usual := w.plan.PlainPort
	if tls {
		usual = w.plan.TLSPort
	}
	arrived := word(strconv.Itoa(l.As))
	compared, told := "port", "port" // that of the Host header
	if w.plan.PortArrived {
		compared = arrived
	}
	if w.plan.ToldArrived {
		told = arrived
	}
	var ends []string
	for _, end := range w.plan.PathEnds {
		ends = append(ends, word(end))
	}
	tells := "" // host and port apart are known here alone
	if w.opt.Private() {
		tells = fmt.Sprintf("  h:replace(\"$wssn\", name)\n  h:replace(\"$wssp\", %s)\n", told)
	}
	if w.opt.Forwarded() {
		tells += fmt.Sprintf("  h:replace(\"x-forwarded-port\", %s)\n", told)
	}
	return fmt.Sprintf(readTemplate, usual, strings.Join(ends, ", "), tells, placeHeader, compared)
}

const readTemplate = `function envoy_on_request(handle)
  local h, drop = handle:headers(), {}
  for key in pairs(h) do
    if key:sub(1, 3):lower() == "$ws" then drop[#drop + 1] = key end
  end
  for _, key in ipairs(drop) do h:remove(key) end
  local authority, port = h:get(":authority") or "", "%d"
  local name, digits = authority:match("^(.-):([^%%]:]*)$")
  if not name then name = authority end
  if digits and digits:match("^%%d+$") then port = digits:match("^0*(%%d+)$") end
  local path = (h:get(":path") or ""):match("^[^?]*")
  local cut = #path + 1
  for _, stop in ipairs({%s}) do
    local at = path:find(stop, 1, true)
    if at and at < cut then cut = at end
  end
%s  h:replace("%s", name:lower() .. ":" .. %s .. " " .. path:sub(1, cut - 1))
  handle:clearRouteCache()
end
`

// homeProgram finds the first clone ID that a member has: of the cookies, then of the URL (R20 to R24), behind the
// cache ID and the session ID. The members of a cluster stand here once, as many routes lead to it.
// It runs behind the first program, when the route is known: the route's metadata say the cluster and its affinity
// names. It sets the header that the route takes the name of its cluster from.
func (w *writer) homeProgram(tls bool) string {
	var b strings.Builder
	b.WriteString("local clusters = {\n")
	for i := range w.plan.Clusters {
		c := &w.plan.Clusters[i]
		if !c.Affinity() {
			continue
		}
		fmt.Fprintf(&b, "  [%s] = { separator = %s, homes = {\n", word(group(c, tls)), word(c.Separator))
		for _, m := range c.Ways(tls) {
			if m.Member.CloneID != "" {
				fmt.Fprintf(&b, "    [%s] = %s,\n", word(m.Member.CloneID), word(group(c, tls)+"."+m.Member.Ident))
			}
		}
		b.WriteString("  } },\n")
	}
	b.WriteString("}\n" + homeFunctions)
	return b.String()
}

const homeFunctions = `
local function home(value, cluster)
  local rest, sep = value:sub(5), cluster.separator
  local at = rest:find(sep, 1, true)
  while at do
    local stop = rest:find(sep, at + 1, true)
    local found = cluster.homes[rest:sub(at + 1, (stop or #rest + 1) - 1)]
    if found then return found end
    at = stop
  end
end

function envoy_on_request(handle)
  local meta, h = handle:metadata(), handle:headers()
  local name = meta:get("cluster")
  if not name then return end
  local cluster, found = clusters[name] or { separator = ":", homes = {} }, nil
  for pair in (h:get("cookie") or ""):gmatch("[^;]+") do
    local key, value = pair:match("^[ \t]*(.-)=(.-)[ \t]*$")
    if not found and key == meta:get("cookie") then found = home(value, cluster) end
  end
  local path, mark = (h:get(":path") or ""):match("^[^?]*"), ";" .. meta:get("identifier") .. "="
  local at = path:find(mark, 1, true)
  if not found and at then found = home(path:sub(at + #mark):match("^[^;/]*"), cluster) end
  h:replace("x-wasplug-member", found or name)
  handle:clearRouteCache()
end
`
