// Pendapa in the browser: small additions to pages that all work without this file.
import "./htmx-config.js";
import "htmx.org";
import "./theme.js";
import "./dialogs.js";
import "./confirm.js";
import "./menus.js";
import "./grid.js";
import "./guard.js";
import "./autosave.js";
import "./drop.js";
import "./keys.js";
import "./bulk.js";
import "./filter.js";
import "./words.js";
import "./small.js";
import "./passkey.js";
