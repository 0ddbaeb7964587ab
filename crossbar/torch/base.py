"""What modules here derive from: classes of PyTorch, or plain ones where it is not installed.

So that the documentation can be read without it; :func:`~crossbar.torch.analog` needs it.
"""

from __future__ import annotations

try:
    import torch
    from torch.autograd import Function
    from torch.autograd.function import once_differentiable
    from torch.nn import Module
except ImportError:
    torch = None
    Module = Function = object
    once_differentiable = staticmethod

__all__ = ["Function", "Module", "once_differentiable", "torch"]
