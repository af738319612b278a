"""A recorded visit of a site: a browser's session as a folder that can be read without a browser.

`visit` is the one way in. The browser runs in a child process under a clock and a cap on memory and reaches the network
through the gate alone; whatever a page does to it, the folder holds what was seen until then and says what was not.
"""

from mingcha.observe.browser.options import PROFILES, Options
from mingcha.observe.browser.supervise import visit

__all__ = ["PROFILES", "Options", "visit"]
