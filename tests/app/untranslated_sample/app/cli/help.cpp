// SPDX-License-Identifier: GPL-3.0-or-later
const char* help() { return "unseen by the window"; }
