// Everything here adds to pages that work without it: copying, searching, the reader's own time, following.

import { copyOnClick } from "./copying.js";
import { filterWhileTyping } from "./filtering.js";
import { follow } from "./following.js";
import { localise } from "./local_times.js";

document.documentElement.classList.add("with-script");
copyOnClick();
filterWhileTyping();
follow();
localise(document);
