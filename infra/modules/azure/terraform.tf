terraform {
  required_version = ">= 1.9"
  required_providers {
    azurerm = {
      source  = "registry.terraform.io/hashicorp/azurerm"
      version = "~> 5.2"
    }
  }
}
