// Everything here adds to pages that work without it: copying, the reader's own time, following what changes.

import { copyOnClick } from "./copying.js";
import { follow } from "./following.js";
import { localise } from "./local_times.js";

document.documentElement.classList.add("with-script");
copyOnClick();
follow();
localise(document);
